"""Codes of the second factor: those an authenticator app shows (TOTP, RFC 6238: SHA-1, six digits, 30 seconds) and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

import pyotp
from django.utils.crypto import constant_time_compare

from aqad.core import clock

STEP = 30  # seconds
DRIFT = 1  # steps by which a phone's clock may be wrong, either way
ISSUER = "AQAD"
APP_CODE = re.compile(r"[0-9]{6}", re.ASCII)
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits: beyond guessing, so that a plain digest keeps them


def new_secret() -> str:
    return pyotp.random_base32()


def uri_of(secret: str, email: str) -> str:
    """What the square holds: `otpauth://totp/AQAD:...`."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=ISSUER)


def code_at(secret: str, step: int) -> str:
    """The six digits of a time step."""
    return pyotp.TOTP(secret, interval=STEP).generate_otp(step)


def step_now() -> int:
    return int(clock.now().timestamp()) // STEP


def step_of(secret: str, code: str) -> int | None:
    """The time step that `code` belongs to, if that is the present one or a neighbour."""
    if not APP_CODE.fullmatch(code):
        return None
    now = step_now()
    return next((step for step in range(now - DRIFT, now + DRIFT + 1) if constant_time_compare(code_at(secret, step), code)), None)


def new_recovery_codes() -> list[str]:
    """Ten codes like `mzxw-6ytb-oi3d-k5lo`."""
    return [_grouped(base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()) for _ in range(RECOVERY_CODES)]


def digest_of(recovery_code: str) -> str:
    """The same however the code is typed: with or without hyphens and spaces, in any case."""
    return hashlib.sha256(re.sub(r"[\s-]", "", recovery_code).lower().encode()).hexdigest()


def tidy(code: str) -> str:
    """An app shows `123 456`; people type it so."""
    return re.sub(r"\s", "", code)


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
