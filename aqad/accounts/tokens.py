"""Access and refresh tokens (JWT, by simplejwt): each carries its user, the user's token version and its family."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from aqad.accounts.models import TokenFamily, User

LONGEST_KNOWN = 2000  # characters; ours have about 400
LARGEST_ID, LARGEST_VERSION = 2**63 - 1, 2**31 - 1


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: int
    family_id: UUID
    version: int
    jti: str
    expires: int


def issue(user: User, family: TokenFamily) -> dict[str, str]:
    """A new pair for this family."""
    return {"access": _sign(AccessToken(), user, family), "refresh": _sign(RefreshToken(), user, family)}


def read_access(text: str) -> Claims | None:
    """The claims of an access token that we signed and that has not expired, else None."""
    if len(text) > LONGEST_KNOWN:
        return _read(AccessToken, text)
    try:
        claims = _known(text, settings.JWT_SIGNING_KEY, tuple(settings.JWT_PREVIOUS_KEYS))
    except NoClaims:
        return None
    return claims if claims.expires > time.time() else None


def read_refresh(text: str) -> Claims | None:
    return _read(RefreshToken, text)


class NoClaims(Exception):
    """The token says nothing that counts."""


@lru_cache(maxsize=4096)
def _known(text: str, _key: str, _previous_keys: tuple[str, ...]) -> Claims:
    """A caller shows the same token for fifteen minutes: its signature is checked once, its time and rights every time.

    Raises NoClaims, which is not remembered: a token that is not good now may be so in a moment, when the clocks of two servers differ.
    """
    claims = _read(AccessToken, text)
    if claims is None:
        raise NoClaims
    return claims


def _sign(token: Token, user: User, family: TokenFamily) -> str:
    token["sub"] = str(user.pk)
    token["fam"] = str(family.pk)
    token["ver"] = user.token_version
    return str(token)


def _read(kind: type[Token], text: str) -> Claims | None:
    """The claims of a token that we signed and that has not expired, else None."""
    for one in (kind, *(_signed_by(kind, key) for key in settings.JWT_PREVIOUS_KEYS)):
        claims = _read_as(one, text)
        if claims is not None:
            return claims
    return None


def _signed_by(kind: type[Token], key: str) -> type[Token]:
    """The same kind of token, read by an earlier key. Nothing is ever signed with it."""
    backend = TokenBackend(api_settings.ALGORITHM, key, "", api_settings.AUDIENCE, api_settings.ISSUER, leeway=api_settings.LEEWAY)
    return type(kind.__name__, (kind,), {"_token_backend": backend})


def _read_as(kind: type[Token], text: str) -> Claims | None:
    try:
        token: Any = kind(text)
        claims = Claims(int(token["sub"]), UUID(token["fam"]), int(token["ver"]), str(token["jti"]), int(token["exp"]))
        return claims if 0 < claims.user_id <= LARGEST_ID and 0 < claims.version <= LARGEST_VERSION else None
    except (TokenError, jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
        return None
