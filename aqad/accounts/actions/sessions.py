"""Staying signed in and signing out: a refresh token works once, and all that grew out of one sign-in ends together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from rest_framework_simplejwt.settings import api_settings

from aqad.accounts import tokens
from aqad.accounts.authentication import may_act
from aqad.accounts.models import FailedSignIn, TokenFamily, UsedRefreshToken, User
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Unauthorized

# A client whose answer was lost sends the old token again at once; later than this it is somebody else.
GRACE = timedelta(seconds=10)
FAILURES_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Exchanged:
    user: User
    pair: dict[str, str]


def refresh(text: str, *, actor: Actor) -> dict[str, str]:
    """A new pair for a refresh token, which is dead from now on. Of simultaneous uses exactly one succeeds.

    Raises Unauthorized. Reuse later than ten seconds ends the family: its newest tokens, too.
    """
    claims = tokens.read_refresh(text)
    if claims is None:
        raise Unauthorized
    with transaction.atomic(durable=True):
        pair = _exchange(claims)
        if pair is None:
            _answer_reuse(claims, actor)
    if pair is None:
        raise Unauthorized
    return pair


def sign_out(text: str, *, actor: Actor) -> None:
    """End the family of this refresh token, access tokens included; harmless when repeated. Raises Unauthorized for a forged one."""
    claims = tokens.read_refresh(text)
    if claims is None:
        raise Unauthorized
    with transaction.atomic(durable=True):
        family = TokenFamily.objects.select_related("user__membership__company").filter(pk=claims.family_id).first()
        if family is not None and _end(family):
            record("accounts.signed_out", family.user, actor.as_person(family.user), family=str(family.pk))


def forget_expired() -> int:
    """Delete what no limit and no token needs any more. Returns how many rows went."""
    now = clock.now()
    used, _ = UsedRefreshToken.objects.filter(used_at__lt=now - api_settings.REFRESH_TOKEN_LIFETIME).delete()
    families, _ = TokenFamily.objects.filter(expires_at__lt=now).delete()
    failures, _ = FailedSignIn.objects.filter(at__lt=now - FAILURES_KEPT).delete()
    return used + families + failures


def _exchange(claims: tokens.Claims) -> dict[str, str] | None:
    """The new pair; None when the token was used before. The insert comes first: its primary key lets one through."""
    now = clock.now()
    try:
        with transaction.atomic():
            UsedRefreshToken.objects.create(jti=claims.jti, family_id=claims.family_id, used_at=now)
    except IntegrityError:
        return None
    family = _family_in_force(claims)
    if family is None:
        raise Unauthorized
    TokenFamily.objects.filter(pk=family.pk).update(expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME)
    return tokens.issue(family.user, family)


def _family_in_force(claims: tokens.Claims) -> TokenFamily | None:
    families = TokenFamily.objects.select_related("user__membership__company").filter(ended_at=None, user_id=claims.user_id)
    family = families.filter(pk=claims.family_id, user__token_version=claims.version).first()
    return family if family is not None and may_act(family.user) else None


def _answer_reuse(claims: tokens.Claims, actor: Actor) -> None:
    used = UsedRefreshToken.objects.select_related("family__user").filter(jti=claims.jti).first()
    if used is None or clock.now() - used.used_at <= GRACE:
        return
    if _end(used.family):
        record("accounts.refresh_reused", used.family.user, actor, family=str(used.family_id))


def _end(family: TokenFamily, at: datetime | None = None) -> bool:
    """Whether this call ended it; of two, one does."""
    return TokenFamily.objects.filter(pk=family.pk, ended_at=None).update(ended_at=at or clock.now()) == 1
