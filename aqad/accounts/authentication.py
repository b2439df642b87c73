"""Who is calling: a bearer token or the browser's session, checked against the database on every request, in one query."""

from __future__ import annotations

from typing import Any

import structlog
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from aqad.accounts import tokens
from aqad.accounts.models import TokenFamily, User
from aqad.core.errors import Unauthorized

SCHEME = "bearer"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`. A token that is not good is 401, never a fall-back to anonymous."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        user = user_of_access_token(text.strip())
        if user is None:
            raise Unauthorized
        name_in_logs(user)
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="aqad"'


class CookieAuthentication(SessionAuthentication):
    """The browser's session, with CSRF; the company must be active, as with a token."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None and not may_act(found[0]):
            raise Unauthorized
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="aqad"'


class NoAuthentication(BaseAuthentication):
    """For doors that must open whatever stale token the client still sends."""

    def authenticate(self, request: Request) -> None:
        return None


def user_of_access_token(text: str) -> User | None:
    """The user, with company and membership loaded; None unless token, family, user and company are all in force."""
    claims = tokens.read_access(text)
    if claims is None:
        return None
    family = (
        TokenFamily.objects.select_related("user__membership__company")
        .filter(pk=claims.family_id, ended_at=None, user_id=claims.user_id, user__token_version=claims.version)
        .first()
    )
    if family is None or not may_act(family.user):
        return None
    return family.user


def name_in_logs(user: User) -> None:
    """Let every further line of this request say by number who asks, and for which company."""
    membership = user.acting_as
    structlog.contextvars.bind_contextvars(user=user.pk, company=membership.company.reference if membership else None)


def may_act(user: User) -> bool:
    """An active person of an active company, or of AQAD's staff."""
    if not user.is_active:
        return False
    membership = user.acting_as
    return membership.company.is_active if membership else user.is_staff
