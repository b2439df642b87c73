"""Another e-mail for an account: asked for with the password, in force once a link that was mailed there was used."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts import signed
from aqad.accounts.actions import stepping_up
from aqad.accounts.actions.signing_in import check_own_password
from aqad.accounts.models import EmailChange, User
from aqad.audit.actions import name_of, record
from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Invalid, RateLimited
from aqad.core.limits import Limit

REQUESTED = "accounts.email_change_requested"
PER_ACCOUNT = Limit("email_change", 5, 3600)
LINK_LIVES = timedelta(hours=24)
PURPOSE = "accounts.email_change"
TAKEN = _("This e-mail is already in use.")


def ask(user: User, *, email: str, password: str, otp: str = "", address: str, actor: Actor) -> None:
    """Let a link be mailed to the new address, and a notice to the present one. An earlier link is worth nothing from now on.

    Raises Invalid on `password` and `email`, StepUpRequired where a second factor was proved too long ago, RateLimited.
    """
    check_own_password(user, password, field="password", address=address, actor=actor)
    stepping_up.demand(actor, otp=otp, address=address)
    if User.objects.filter(email=email.lower()).exists():
        raise Invalid({"email": [TAKEN]})
    _refuse_too_many(user)
    with transaction.atomic():
        EmailChange.objects.update_or_create(user=user, defaults={"email": email.lower(), "asked_at": clock.now()})
        record(REQUESTED, user, actor)
        record("accounts.email_confirmation_requested", user, actor)


def token_for(user: User, change: EmailChange) -> str:
    """The secret of the mailed link, made when the mail is written. It dies with its first use, with the next request, after a day."""
    return signed.token_for(user, purpose=PURPOSE, bound_to=lambda _user: _held_by(change))


@transaction.atomic
def confirm(token: str, *, actor: Actor) -> User:
    """The person signs in with the new e-mail from now on.

    Raises Invalid on `token`: forged, used or too old, or the address was taken meanwhile.
    """
    people = User.objects.select_for_update(of=("self",)).select_related("membership__company")
    user = signed.user_of(token, people, purpose=PURPOSE, lives=LINK_LIVES, bound_to=_pending)
    change = EmailChange.objects.filter(user=user).first() if user is not None else None
    if user is None or change is None:
        raise Invalid({"token": [_("This link cannot be used any more; please ask for a new one.")]})
    user.email = change.email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise Invalid({"token": [TAKEN]}) from error
    change.delete()
    record("accounts.email_changed", user, actor.as_person(user))
    return user


def _pending(user: User) -> str:
    change = EmailChange.objects.filter(user=user).first()
    return _held_by(change) if change else ""


def _held_by(change: EmailChange) -> str:
    """What a link is bound to: this address, asked for at this moment."""
    return f"{change.email}|{change.asked_at.timestamp()}"


def _refuse_too_many(user: User) -> None:
    since = clock.now() - timedelta(seconds=PER_ACCOUNT.seconds)
    asked = Event.objects.filter(verb=REQUESTED, subject=name_of(user), at__gt=since).count()
    if settings.RATELIMIT_ENABLE and asked >= PER_ACCOUNT.scaled:
        raise RateLimited(retry_after=PER_ACCOUNT.seconds, limit=PER_ACCOUNT.scaled)
