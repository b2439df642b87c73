"""The second factor proved: each code of the app and each recovery code is good for one time, whoever asks and however many at once."""

from __future__ import annotations

import structlog
from django.db import transaction

from aqad.accounts import codes
from aqad.accounts.models import RecoveryCode, SecondFactor, User
from aqad.accounts.sealing import Unreadable, unseal
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor

log = structlog.get_logger(__name__)


@transaction.atomic
def accept(user: User, otp: str, *, actor: Actor) -> bool:
    """Whether `otp` proves this person's second factor: a code of the app or a recovery code, used up by this call.

    A code of a time step that was accepted before, or of an earlier one, is wrong. `user` comes with membership and company.
    """
    factor = SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).first()
    if factor is None:
        return False
    code = codes.tidy(otp)
    step = _step_of(factor, code)
    if step is not None:
        return _claim_step(factor.pk, step)
    return _claim_recovery_code(factor, code, user, actor)


def secret_of(factor: SecondFactor) -> str:
    """Raises Unreadable."""
    return unseal(factor.secret)


def _step_of(factor: SecondFactor, code: str) -> int | None:
    try:
        return codes.step_of(secret_of(factor), code)
    except Unreadable:
        log.exception("second_factor_unreadable", user=factor.user_id)
        return None


def _claim_step(factor_id: int, step: int) -> bool:
    """One conditional update: of twenty that hold the same code, one changes the row."""
    return SecondFactor.objects.filter(pk=factor_id, last_step__lt=step).update(last_step=step) == 1


def _claim_recovery_code(factor: SecondFactor, code: str, user: User, actor: Actor) -> bool:
    unused = RecoveryCode.objects.filter(factor=factor, used_at=None)
    if unused.filter(digest=codes.digest_of(code)).update(used_at=clock.now()) != 1:
        return False
    record("accounts.recovery_code_used", user, actor.as_person(user), left=unused.count())
    return True
