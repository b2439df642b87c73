"""The one mover of each model: checks the table of transitions, saves, and puts the step on record."""

from __future__ import annotations

from typing import Any

from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition
from payments.models import Payment, PaymentAttempt, Refund
from payments.statuses import ATTEMPT_TRANSITIONS, REFUND_TRANSITIONS, TRANSITIONS


def move_payment(payment: Payment, status: str, *, verb: str, actor: Actor, saving: tuple[str, ...] = (), **facts: Any) -> None:
    """Let a locked payment take its next step; the event bears `before` and `after`. `saving` names fields that changed with it.

    Raises InvalidTransition.
    """
    before = payment.status
    if status not in TRANSITIONS[before]:
        raise InvalidTransition(status=before)
    payment.status, payment.updated_at = status, clock.now()
    payment.save(update_fields=["status", "updated_at", *saving])
    record(verb, payment, actor, before=before, after=status, **facts)


def move_attempt(attempt: PaymentAttempt, status: str, **fields: Any) -> None:
    """Its payment, which is locked, puts the step on record. Raises InvalidTransition."""
    if status not in ATTEMPT_TRANSITIONS[attempt.status]:
        raise InvalidTransition(status=attempt.status)
    _save(attempt, status=status, **fields)


def move_refund(refund: Refund, status: str, **fields: Any) -> None:
    """Its payment, which is locked, puts the step on record. Raises InvalidTransition."""
    if status not in REFUND_TRANSITIONS[refund.status]:
        raise InvalidTransition(status=refund.status)
    _save(refund, status=status, **fields)


def _save(row: PaymentAttempt | Refund, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
