"""Where a payment stands by its amounts: paid, refunded in part, refunded."""

from __future__ import annotations

from typing import Any

from aqad.audit.actions import record
from aqad.core import money
from aqad.core.actor import Actor
from payments.actions import moving
from payments.models import Payment, Refund
from payments.querysets import counting_refunds
from payments.statuses import PaymentStatus, RefundStatus

SETTLED = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.FAILED, PaymentStatus.CANCELLED)


def become_paid(payment: Payment, *, actor: Actor, saving: tuple[str, ...] = (), **facts: Any) -> None:
    """Nothing is owed any more; what went back before it came to that shows in the status at once. `payment` is locked."""
    facts = {"amount": money.text(payment.amount), **facts}
    moving.move_payment(payment, PaymentStatus.PAID, verb="payments.paid", actor=actor, saving=saving, **facts)
    follow_refunds(payment, actor=actor)


def follow_refunds(payment: Payment, *, actor: Actor, refund: Refund | None = None) -> None:
    """Bring the status of a settled payment in line with what has gone back, and put the `refund` that did it on record."""
    facts: dict[str, Any] = {} if refund is None else {"refund": str(refund.pk), "amount": money.text(refund.amount), "part": refund.part}
    verb = "payments.refunded" if refund else "payments.restated"
    status = _by_amounts(payment)
    if status is not None and (status != payment.status or refund is not None):
        moving.move_payment(payment, status, verb=verb, actor=actor, **facts)
    elif refund is not None:
        record("payments.refunded", payment, actor, **facts)


def _by_amounts(payment: Payment) -> str | None:
    """None: nothing follows, since it is still open, or only a surplus went back."""
    if payment.status not in SETTLED or payment.amount_refunded == 0:
        return None
    if payment.amount_refunded == payment.amount_paid:
        return PaymentStatus.REFUNDED
    done = counting_refunds(payment).filter(status=RefundStatus.DONE)
    return PaymentStatus.PARTIALLY_REFUNDED if done.exists() else None
