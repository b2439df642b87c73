"""The second factor proved again, a moment before something that cannot be taken back."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from aqad.accounts.actions import proving
from aqad.accounts.actions.second_factor import WRONG_CODE
from aqad.accounts.actions.signing_in import account_key, count_failure, refuse_above_limits
from aqad.accounts.models import TokenFamily
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import StepUpRequired
from aqad.core.transactions import outside_transaction

FRESH_FOR = timedelta(minutes=15)


def demand(actor: Actor, *, otp: str = "", address: str) -> None:
    """Let pass whoever has proved the second factor here in the last quarter of an hour, or proves it now by `otp`, or has none.

    Raises StepUpRequired, RateLimited.
    """
    if actor.user is None or not actor.user.has_second_factor or _is_fresh(actor.user.family):
        return
    if not otp:
        raise StepUpRequired
    prove(actor, otp=otp, address=address)


def prove(actor: Actor, *, otp: str, address: str) -> None:
    """This sign-in counts as proved from now on; guesses count like failed sign-ins.

    Raises StepUpRequired for a wrong code, RateLimited.
    """
    outside_transaction()
    user = actor.user
    account = account_key(user.email)
    refuse_above_limits(account=account, address=address)
    if not proving.accept(user, otp, actor=actor):
        count_failure(account=account, address=address, user=user, actor=actor, why="otp")
        raise StepUpRequired(WRONG_CODE)
    if user.family is not None:
        with transaction.atomic():
            TokenFamily.objects.filter(pk=user.family.pk).update(proved_at=clock.now())
            record("accounts.stepped_up", user, actor, family=str(user.family.pk))


def _is_fresh(family: TokenFamily | None) -> bool:
    return family is not None and family.proved_at is not None and clock.now() - family.proved_at < FRESH_FOR
