"""HMAC-SHA256 over `timestamp.body`, as real banks sign their messages: `t=1732187000,v1=<hex>`."""

from __future__ import annotations

import hashlib
import hmac
import re

from payments.gateways.base import BadSignature

FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)
TOLERANCE_SECONDS = 300


def secrets_of(setting: str) -> list[str]:
    """A setting may hold several secrets with commas between them while one follows the other; the first one signs."""
    return [secret.strip() for secret in setting.split(",") if secret.strip()]


def sign(raw: bytes, *, secret: str, at: int) -> str:
    """The header's value for these bytes; `at` is in seconds since 1970."""
    return f"t={at},v1={_digest(raw, secrets_of(secret)[0], at)}"


def verify(raw: bytes, header: str, *, secret: str, now: int) -> None:
    """Raises BadSignature unless the bytes were signed with one of the secrets in `secret` within five minutes of `now`."""
    match = FORM.fullmatch(header.strip())
    if match is None:
        raise BadSignature("no signature")
    at = int(match[1])
    if not any(hmac.compare_digest(match[2], _digest(raw, one, at)) for one in secrets_of(secret)):
        raise BadSignature("wrong signature")
    if abs(now - at) > TOLERANCE_SECONDS:
        raise BadSignature("signed too long ago")


def _digest(raw: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
