"""What a gateway says becomes ours here and nowhere else, whoever brought it: the answer, a webhook, the payer's return, the reconciler.

Everything is harmless when repeated and right in any order, because each step looks at what stands under the payment's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from aqad.audit.actions import record
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.signals import announce
from payments.actions import moving, owing, refunding, standing
from payments.gateways.base import Kind, Outcome
from payments.models import Payment, PaymentAttempt
from payments.signals import payment_settled
from payments.statuses import AttemptStatus, PaymentStatus

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
ALERT_AFTER_ASKING = 10  # times, which is about an hour and a half
Settler = Callable[[Payment, PaymentAttempt, Outcome, Actor], None]


def settle(attempt_id: UUID, outcome: Outcome, *, actor: Actor) -> Payment:
    """Let the attempt and its payment follow what the gateway says; the only writer of paid by card.

    Announces `payment_settled` in the same transaction when the payment's fate is decided by it.
    """
    with transaction.atomic():
        payment = owing.lock_payment(PaymentAttempt.objects.only("payment_id").get(pk=attempt_id).payment_id)
        attempt = payment.attempts.get(pk=attempt_id)
        if outcome.reference and not attempt.gateway_reference:
            attempt.gateway_reference = outcome.reference
            attempt.save(update_fields=["gateway_reference"])
        if attempt.is_live or outcome.kind == Kind.SUCCEEDED:
            SETTLERS[outcome.kind](payment, attempt, outcome, actor)
    return payment


def fail(payment: Payment, *, reason: str, actor: Actor, **facts: Any) -> None:
    """Refused, or out of time: whatever was bought with it fails too. `payment` is locked."""
    moving.move_payment(payment, PaymentStatus.FAILED, verb="payments.failed", actor=actor, reason=reason, **facts)
    announce(payment_settled, Payment, payment=payment, actor=actor, outcome="failed", reason=reason)


def next_ask(asked: int, now: datetime) -> datetime:
    """5 s after the first silence, twice as long each time, at most an hour."""
    return now + min(FIRST_PAUSE * 2 ** min(asked, 12), LONGEST_PAUSE)


def _taken(payment: Payment, attempt: PaymentAttempt, outcome: Outcome, actor: Actor) -> None:
    if attempt.status == AttemptStatus.SUCCEEDED:
        return
    is_awaited = attempt.is_live or payment.status == PaymentStatus.UNPAID
    pays = is_awaited and outcome.amount == payment.amount
    was_live = attempt.is_live
    _close(attempt, AttemptStatus.SUCCEEDED, captured=outcome.amount, is_surplus=not pays)
    payment.amount_paid += outcome.amount
    if pays:
        standing.become_paid(payment, actor=actor, saving=("amount_paid",), attempt=str(attempt.pk))
        announce(payment_settled, Payment, payment=payment, actor=actor, outcome="paid", reason="")
        return
    _take_surplus(payment, attempt, actor)
    if was_live:
        fail(payment, reason="amount_mismatch", actor=actor, attempt=str(attempt.pk))


def _take_surplus(payment: Payment, attempt: PaymentAttempt, actor: Actor) -> None:
    """Money for what has ended revives nothing: it is put on record, sent back, and shown to staff."""
    payment.updated_at = clock.now()
    payment.save(update_fields=["amount_paid", "updated_at"])
    record("payments.captured_late", payment, actor, attempt=str(attempt.pk), amount=money.text(attempt.captured))
    refunding.return_surplus(payment, attempt, actor=actor)
    record("payments.money_alert", payment, actor, reason="captured_late", attempt=str(attempt.pk))


def _refused(payment: Payment, attempt: PaymentAttempt, outcome: Outcome, actor: Actor) -> None:
    code = outcome.decline_code or "card_declined"
    _close(attempt, AttemptStatus.FAILED, decline_code=code)
    fail(payment, reason=code, actor=actor, attempt=str(attempt.pk))


def _nothing_taken(payment: Payment, attempt: PaymentAttempt, outcome: Outcome, actor: Actor) -> None:
    """The attempt is over and the bank has nothing: the payment can be tried again."""
    status = AttemptStatus.CANCELLED if outcome.kind == Kind.CANCELLED else AttemptStatus.FAILED
    _close(attempt, status, decline_code="" if outcome.kind == Kind.CANCELLED else str(outcome.kind))
    moving.move_payment(payment, PaymentStatus.UNPAID, verb="payments.reopened", actor=actor, attempt=str(attempt.pk))


def _must_approve(payment: Payment, attempt: PaymentAttempt, outcome: Outcome, actor: Actor) -> None:
    if attempt.status != AttemptStatus.REQUIRES_ACTION:
        moving.move_attempt(attempt, AttemptStatus.REQUIRES_ACTION, redirect_url=outcome.redirect_url)
        moving.move_payment(payment, PaymentStatus.REQUIRES_ACTION, verb="payments.requires_action", actor=actor, attempt=str(attempt.pk))
    _ask_again(attempt)


def _open(payment: Payment, attempt: PaymentAttempt, outcome: Outcome, actor: Actor) -> None:
    """No answer, or none yet. Silence about a charge that waits for its payer changes nothing."""
    if attempt.status == AttemptStatus.INITIATED:
        moving.move_attempt(attempt, AttemptStatus.UNKNOWN)
        record("payments.unknown", payment, actor, attempt=str(attempt.pk))
    elif attempt.status == AttemptStatus.REQUIRES_ACTION and outcome.kind == Kind.PROCESSING:
        moving.move_attempt(attempt, AttemptStatus.UNKNOWN, redirect_url="")
        moving.move_payment(payment, PaymentStatus.PROCESSING, verb="payments.unknown", actor=actor, attempt=str(attempt.pk))
    _ask_again(attempt)
    if attempt.asked == ALERT_AFTER_ASKING and attempt.status == AttemptStatus.UNKNOWN:
        record("payments.money_alert", payment, actor, reason="outcome_unknown", attempt=str(attempt.pk))


def _close(attempt: PaymentAttempt, status: str, **fields: object) -> None:
    moving.move_attempt(attempt, status, settled_at=clock.now(), next_ask_at=None, redirect_url="", **fields)


def _ask_again(attempt: PaymentAttempt) -> None:
    attempt.next_ask_at = next_ask(attempt.asked, clock.now())
    attempt.asked += 1
    attempt.save(update_fields=["asked", "next_ask_at"])


SETTLERS: dict[Kind, Settler] = {
    Kind.SUCCEEDED: _taken,
    Kind.DECLINED: _refused,
    Kind.CANCELLED: _nothing_taken,
    Kind.NOT_FOUND: _nothing_taken,
    Kind.UNUSABLE: _nothing_taken,
    Kind.REQUIRES_ACTION: _must_approve,
    Kind.PROCESSING: _open,
    Kind.UNKNOWN: _open,
}
