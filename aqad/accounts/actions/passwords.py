"""Passwords: changed, forgotten, set by a mailed link. Every change ends all tokens and sessions of the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.signing_in import account_key, count_failure, refuse_above_limits
from aqad.accounts.models import User
from aqad.audit.actions import name_of, record
from aqad.audit.models import Event
from aqad.core import clock, limits
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Invalid
from aqad.core.transactions import outside_transaction

RESET_REQUESTED = "accounts.password_reset_requested"
LINK_LIVES = timedelta(days=3)  # invitations are opened after a weekend


def change_password(user: User, *, old_password: str, new_password: str, address: str, actor: Actor) -> None:
    """Set a new password. Guesses at the old one count like failed sign-ins.

    Raises Invalid on `old_password`, RateLimited, Conflict when the password was changed elsewhere meanwhile.
    """
    outside_transaction()
    account = account_key(user.email)
    refuse_above_limits(account=account, address=address)
    if not check_password(old_password, user.password):
        count_failure(account=account, address=address, user=user, actor=actor, why="old_password")
        raise Invalid({"old_password": [_("This is not your present password.")]})
    hashed = make_password(new_password)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.password != user.password:
            raise Conflict(_("Your password was changed meanwhile; please sign in again."))
        _set(locked, hashed, actor, by="change")


def request_reset(email: str, *, actor: Actor) -> None:
    """Let the person with this e-mail, if there is one, be mailed a link to set a new password; five times an hour at most.

    The door limits requests per account whether there is one or not; this count holds when the cache is lost.
    """
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        return
    asked = Event.objects.filter(verb=RESET_REQUESTED, subject=name_of(user), at__gt=_one_limit_ago()).count()
    if settings.RATELIMIT_ENABLE and asked >= limits.PASSWORD_RESET.scaled:
        return
    with transaction.atomic():
        record(RESET_REQUESTED, user, actor)


def reset_token_for(user: User) -> str:
    """The secret of a mailed link, made when the mail is written and stored nowhere. It dies with its first use, and after three days."""
    return _token(user, int(clock.now().timestamp()))


def confirm_reset(*, token: str, password: str, actor: Actor) -> User:
    """Set the password of the person whom `token` was mailed to. Raises Invalid on `token`: forged, used or too old."""
    outside_transaction()
    _user_of(token)
    hashed = make_password(password)
    with transaction.atomic():
        user = _user_of(token, lock=True)
        _set(user, hashed, actor.as_person(user), by="reset")
    return user


def _set(user: User, hashed: str, actor: Actor, *, by: str) -> None:
    user.password = hashed
    user.token_version += 1
    user.save(update_fields=["password", "token_version"])
    record("accounts.password_changed", user, actor, by=by)


def _user_of(token: str, *, lock: bool = False) -> User:
    people = User.objects.select_for_update(of=("self",)) if lock else User.objects.all()
    number, _dash, rest = token.partition("-")
    try:
        pk, made = base36_to_int(number), base36_to_int(rest.partition("-")[0])
        is_fresh = timedelta(0) <= clock.now() - datetime.fromtimestamp(made, UTC) <= LINK_LIVES
        user = people.select_related("membership__company").filter(pk=pk, is_active=True).first() if is_fresh else None
    except (ValueError, OverflowError, OSError):
        user = None
    if user is None or not constant_time_compare(_token(user, made), token):
        raise Invalid({"token": [_("This link cannot be used any more; please ask for a new one.")]})
    return user


def _token(user: User, made: int) -> str:
    """Bound to the password and the token version: once either changes, the token is worth nothing."""
    bound_to = f"{user.pk}|{made}|{user.email}|{user.password}|{user.token_version}"
    signature = salted_hmac("accounts.password_reset", bound_to, algorithm="sha256").hexdigest()
    return f"{int_to_base36(user.pk)}-{int_to_base36(made)}-{signature}"


def _one_limit_ago() -> datetime:
    return clock.now() - timedelta(seconds=limits.PASSWORD_RESET.seconds)
