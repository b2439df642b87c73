"""Being signed in, staying so and signing out: a refresh token works once, and all that grew out of one sign-in ends together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from rest_framework_simplejwt.settings import api_settings

from aqad.accounts import tokens
from aqad.accounts.authentication import may_act
from aqad.accounts.devices import Device, mark_of
from aqad.accounts.models import EmailChange, FailedSignIn, KnownDevice, TokenFamily, UsedRefreshToken, User
from aqad.accounts.querysets import in_force_of
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import NotFound, Unauthorized

# A client whose answer was lost sends the old token again at once; later than this it is somebody else.
GRACE = timedelta(seconds=10)
FAILURES_KEPT = timedelta(hours=24)
DEVICES_KEPT = timedelta(days=365)
CHANGES_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Exchanged:
    user: User
    pair: dict[str, str]


def start(user: User, *, device: Device, is_session: bool, actor: Actor) -> TokenFamily:
    """All that grows out of a sign-in of `user`, whose password was right and whose second factor, if there is one, was proved.

    A device or an address that this person never signed in from is put on record, but for the very first.
    """
    now = clock.now()
    lives = timedelta(seconds=settings.SESSION_COOKIE_AGE) if is_session else api_settings.REFRESH_TOKEN_LIFETIME
    family = TokenFamily.objects.create(
        user=user,
        created_at=now,
        expires_at=now + lives,
        is_session=is_session,
        version=user.token_version,
        agent=device.agent,
        address=device.address,
        seen_at=now,
        proved_at=now if user.has_second_factor else None,
    )
    if _is_a_surprise(user, device):
        record("accounts.new_device", user, actor.as_person(user), family=str(family.pk))
    return family


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


@transaction.atomic
def close_session(family_id: UUID, *, actor: Actor) -> None:
    """A browser signed out; harmless when its session had ended already."""
    family = TokenFamily.objects.select_related("user__membership__company").filter(pk=family_id).first()
    if family is not None and _end(family):
        record("accounts.signed_out", family.user, actor.as_person(family.user), family=str(family.pk))


@transaction.atomic
def end_one(family: TokenFamily, *, actor: Actor) -> None:
    """Sign the person out on that device, at once. Raises NotFound when it is signed out already."""
    if not _end(family):
        raise NotFound
    record("accounts.sessions_ended", family.user, actor, families=[str(family.pk)])


@transaction.atomic
def end_others(user: User, *, actor: Actor) -> int:
    """Sign the person out on every device but the one that asks. Returns how many sign-ins ended."""
    ended = end_quietly(user, keep=user.family)
    if ended:
        record("accounts.sessions_ended", user, actor, families=ended)
    return len(ended)


def end_quietly(user: User, *, keep: TokenFamily | None) -> list[str]:
    """End what the person is signed in by, `keep` excepted; the caller records why. Returns the ids."""
    others = in_force_of(user).exclude(pk=keep.pk) if keep else in_force_of(user)
    ended = [family.pk for family in others if _end(family)]
    return [str(pk) for pk in ended]


def forget_expired() -> int:
    """Delete what no limit and no token needs any more. Returns how many rows went."""
    now = clock.now()
    used, _ = UsedRefreshToken.objects.filter(used_at__lt=now - api_settings.REFRESH_TOKEN_LIFETIME).delete()
    families, _ = TokenFamily.objects.filter(expires_at__lt=now).delete()
    failures, _ = FailedSignIn.objects.filter(at__lt=now - FAILURES_KEPT).delete()
    devices, _ = KnownDevice.objects.filter(seen_at__lt=now - DEVICES_KEPT).delete()
    changes, _ = EmailChange.objects.filter(asked_at__lt=now - CHANGES_KEPT).delete()
    return used + families + failures + devices + changes


def _is_a_surprise(user: User, device: Device) -> bool:
    """Whether this is a device or an address never seen of a person of whom others have been."""
    seen = KnownDevice.objects.filter(user=user)
    is_first = not seen.exists()
    known, is_new = seen.get_or_create(mark=mark_of(device), defaults={"user": user, "seen_at": clock.now()})
    if not is_new:
        seen.filter(pk=known.pk).update(seen_at=clock.now())
    return is_new and not is_first


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
    TokenFamily.objects.filter(pk=family.pk).update(expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME, seen_at=now)
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
