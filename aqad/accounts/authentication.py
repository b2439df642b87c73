"""Who is calling: a bearer token or the browser's session, checked against the database on every request, in one query."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from aqad.accounts import tokens
from aqad.accounts.errors import SecondFactorOwed
from aqad.accounts.models import TokenFamily, User
from aqad.accounts.tokens import Claims
from aqad.core import clock
from aqad.core.errors import Unauthorized
from aqad.core.prepared import Prepared

SCHEME = "bearer"
CLAIMS_KEY = "aqad.claims"
# How exactly it is known when a device was last seen: one write in so long.
SEEN_EVERY = timedelta(minutes=5)
FAMILY_KEY = "family"  # where a browser's session names the family that it lives and ends by
family_in_force = Prepared(
    lambda family_id, user_id, version: TokenFamily.objects.select_related("user__membership__company", "user__second_factor").filter(
        pk=family_id, ended_at=None, user_id=user_id, user__token_version=version
    )
)
family_of_browser = Prepared(
    lambda family_id, user_id: TokenFamily.objects.select_related("user__membership__company", "user__second_factor").filter(
        pk=family_id, ended_at=None, user_id=user_id, is_session=True
    )
)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`. A token that is not good is 401, never a fall-back to anonymous."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        if not shows_token(request.META):
            return None
        user = user_of(bearer_claims(request.META))
        if user is None:
            raise Unauthorized
        name_in_logs(user.pk, user.company_reference)
        if owes_second_factor(user):
            raise SecondFactorOwed
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="aqad"'


class CookieAuthentication(SessionAuthentication):
    """The browser's session, with CSRF; the company must be active, as with a token."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None and not may_act(found[0]):
            raise Unauthorized
        if found is not None and owes_second_factor(found[0]):
            raise SecondFactorOwed
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="aqad"'


class NoAuthentication(BaseAuthentication):
    """For doors that must open whatever stale token the client still sends."""

    def authenticate(self, request: Request) -> None:
        return None


def bearer_claims(meta: dict[str, Any]) -> Claims | None:
    """What the request's access token claims, its signature checked once however often this is asked; None without a good one."""
    if CLAIMS_KEY not in meta:
        text = _bearer(meta)
        meta[CLAIMS_KEY] = None if text is None else tokens.read_access(text)
    claims: Claims | None = meta[CLAIMS_KEY]
    return claims


def shows_token(meta: dict[str, Any]) -> bool:
    """Whether the caller means to be known by a bearer token, good or bad."""
    return _bearer(meta) is not None


def _bearer(meta: dict[str, Any]) -> str | None:
    scheme, _, text = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
    return text.strip() if scheme.lower() == SCHEME else None


def user_of(claims: Claims | None) -> User | None:
    """The user, with company and membership loaded; None unless token, family, user and company are all in force."""
    if claims is None:
        return None
    family = family_in_force.first(claims.family_id, claims.user_id, claims.version)
    if family is None or not may_act(family.user):
        return None
    family.user.family = family
    note_seen(family.pk, family.seen_at)
    return family.user


def family_of_session(request: HttpRequest) -> TokenFamily | None:
    """What the browser's session lives by, with its person, unless it was ended; one query."""
    session = request.session
    if FAMILY_KEY not in session or SESSION_KEY not in session:
        return None
    family = family_of_browser.first(UUID(session[FAMILY_KEY]), int(session[SESSION_KEY]))
    return family if family is not None and family.expires_at > clock.now() else None


def is_signed_for(request: HttpRequest, user: User) -> bool:
    """Whether the session was opened under this password and token version (and under our present key)."""
    return constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def note_seen(family_id: UUID, seen_at: datetime | None) -> None:
    """Keep when a device was last heard of, to five minutes."""
    now = clock.now()
    if seen_at is None or now - seen_at >= SEEN_EVERY:
        TokenFamily.objects.filter(pk=family_id).update(seen_at=now)


def name_in_logs(user_id: int, company: str | None) -> None:
    """Let every further line of this request say by number who asks, and for which company, by its reference."""
    structlog.contextvars.bind_contextvars(user=user_id, company=company)


def may_act(user: User) -> bool:
    """An active person of an active company, or of AQAD's staff."""
    if not user.is_active:
        return False
    membership = user.acting_as
    return membership.company.is_active if membership else user.is_staff


def owes_second_factor(user: User) -> bool:
    """Whether this is one of AQAD's staff without a second factor where each must have one."""
    return settings.STAFF_TWO_FACTOR and user.role == "staff" and not user.has_second_factor
