"""Signed words that stand for a person for a while: in a mailed link, or between the two halves of a sign-in. Stored nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from aqad.accounts.models import User
from aqad.core import clock

Binding = Callable[[User], str]


def token_for(user: User, *, purpose: str, bound_to: Binding = lambda _user: "") -> str:
    """Bound to e-mail, password and token version (and to what else is given): once one changes, the token is worth nothing."""
    return _token(user, int(clock.now().timestamp()), purpose, bound_to)


def user_of(token: str, people: QuerySet[User], *, purpose: str, lives: timedelta, bound_to: Binding = lambda _user: "") -> User | None:
    """The active person of `people` for whom `token` was made for this purpose within `lives`; None for a forged or worthless one."""
    number, _dash, rest = token.partition("-")
    try:
        pk, made = base36_to_int(number), base36_to_int(rest.partition("-")[0])
        is_fresh = timedelta(0) <= clock.now() - datetime.fromtimestamp(made, UTC) <= lives
        user = people.filter(pk=pk, is_active=True).first() if is_fresh else None
    except (ValueError, OverflowError, OSError):
        user = None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if user is None or not any(constant_time_compare(_token(user, made, purpose, bound_to, key), token) for key in keys):
        return None
    return user


def _token(user: User, made: int, purpose: str, bound_to: Binding, key: str | None = None) -> str:
    held = f"{user.pk}|{made}|{user.email}|{user.password}|{user.token_version}"
    also = bound_to(user)
    signature = salted_hmac(purpose, f"{held}|{also}" if also else held, secret=key, algorithm="sha256").hexdigest()
    return f"{int_to_base36(user.pk)}-{int_to_base36(made)}-{signature}"
