"""Money on its way back: asked for under the payment's lock, sent by a task, recorded when it has arrived."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Sum

from aqad.audit.actions import record
from aqad.audit.publishing import publish
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition
from payments.actions import moving, owing, standing
from payments.errors import NothingTaken, TooMuch
from payments.models import Payment, PaymentAttempt, Refund
from payments.querysets import counting_refunds
from payments.statuses import AttemptStatus, RefundStatus


def captured_for(payment: Payment, part: str = "") -> Decimal:
    """AED that were taken and paid for something: by card for the whole purchase, in cash for `part` (or all parts)."""
    if payment.is_cash:
        taken = payment.collections.filter(part=part) if part else payment.collections.all()
        return money.aed(taken.aggregate(sum=Sum("amount"))["sum"])
    paying = payment.attempts.filter(status=AttemptStatus.SUCCEEDED, is_surplus=False)
    return money.aed(paying.aggregate(sum=Sum("captured"))["sum"])


def refundable(payment: Payment) -> Decimal:
    """AED that were taken and are neither given back nor on their way back."""
    return captured_for(payment) - money.aed(counting_refunds(payment).aggregate(sum=Sum("amount"))["sum"])


def request_refund(payment: Payment, *, amount: Decimal, part: str, reason: str, actor: Actor) -> Refund | None:
    """Ask for `amount` AED to go back: by the bank for a card, by hand for cash. `payment` is locked.

    With a `part` (an order that ended) it is harmless when repeated, and limited to what staff have not given back before: if that
    was all, there is nothing to do and the answer is None. Without one (staff) more than is left raises TooMuch.
    Raises NothingTaken.
    """
    if captured_for(payment, part) <= 0:
        raise NothingTaken(status=payment.status)
    if part:
        before = payment.refunds.filter(part=part).exclude(status=RefundStatus.FAILED).first()
        if before is not None:
            return before
    left = refundable(payment)
    if part:
        amount = min(amount, left)
        if amount <= 0:
            return None
    elif not 0 < amount <= left:
        raise TooMuch(left)
    paying = None if payment.is_cash else payment.attempts.get(status=AttemptStatus.SUCCEEDED, is_surplus=False)
    return _write(payment, paying, amount=amount, part=part, reason=reason, actor=actor)


def return_surplus(payment: Payment, attempt: PaymentAttempt, *, actor: Actor) -> Refund:
    """Give back whole what an attempt took when nothing was owed. `payment` is locked."""
    return _write(payment, attempt, amount=attempt.captured, part="", reason="", actor=actor)


def record_manual_refund(refund: Refund, *, actor: Actor) -> Refund:
    """Staff have given the cash back. Raises InvalidTransition when it was recorded before or is the bank's to do."""
    with transaction.atomic():
        payment = owing.lock_payment(refund.payment_id)
        refund = payment.refunds.get(pk=refund.pk)
        if refund.status != RefundStatus.MANUAL:
            raise InvalidTransition(status=refund.status)
        complete(payment, refund, actor=actor)
    return refund


def complete(payment: Payment, refund: Refund, *, actor: Actor, **fields: Any) -> None:
    """The money is back with the payer. `payment` is locked and `refund` was read under its lock."""
    moving.move_refund(refund, RefundStatus.DONE, done_at=clock.now(), **fields)
    payment.amount_refunded += refund.amount
    payment.updated_at = clock.now()
    payment.save(update_fields=["amount_refunded", "updated_at"])
    standing.follow_refunds(payment, actor=actor, refund=refund)


def _write(payment: Payment, attempt: PaymentAttempt | None, *, amount: Decimal, part: str, reason: str, actor: Actor) -> Refund:
    now = clock.now()
    refund = Refund.objects.create(
        payment=payment,
        attempt=attempt,
        part=part,
        amount=amount,
        reason=reason,
        status=RefundStatus.REQUESTED if attempt else RefundStatus.MANUAL,
        next_try_at=now,
        created_at=now,
    )
    record("payments.refund_requested", payment, actor, refund=str(refund.pk), amount=money.text(amount), part=part)
    if attempt is not None:
        transaction.on_commit(partial(publish, "payments.send_refunds"))
    return refund
