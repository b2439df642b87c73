"""Passwords: changed, forgotten, set by a mailed link. Every change ends all tokens and sessions of the person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts import signed
from aqad.accounts.actions.signing_in import check_own_password
from aqad.accounts.models import User
from aqad.audit.actions import name_of, record
from aqad.audit.models import Event
from aqad.core import clock, limits
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Invalid
from aqad.core.transactions import outside_transaction

RESET_REQUESTED = "accounts.password_reset_requested"
RESET = "accounts.password_reset"
LINK_LIVES = timedelta(days=3)  # invitations are opened after a weekend


def change_password(user: User, *, old_password: str, new_password: str, address: str, actor: Actor) -> None:
    """Set a new password. Guesses at the old one count like failed sign-ins.

    Raises Invalid on `old_password`, RateLimited, Conflict when the password was changed elsewhere meanwhile.
    """
    check_own_password(user, old_password, field="old_password", address=address, actor=actor)
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
    return signed.token_for(user, purpose=RESET)


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
    user = signed.user_of(token, people.select_related("membership__company"), purpose=RESET, lives=LINK_LIVES)
    if user is None:
        raise Invalid({"token": [_("This link cannot be used any more; please ask for a new one.")]})
    return user


def _one_limit_ago() -> datetime:
    return clock.now() - timedelta(seconds=limits.PASSWORD_RESET.seconds)
