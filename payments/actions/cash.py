"""Cash at the door: the only writer of paid in cash."""

from __future__ import annotations

from decimal import Decimal

from aqad.audit.actions import record
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition
from payments.actions import standing
from payments.errors import TooMuch
from payments.models import CashCollection, Payment
from payments.statuses import PaymentStatus


def collect_cash(payment: Payment, *, part: str, amount: Decimal, actor: Actor) -> CashCollection:
    """Take `amount` AED for one part, once; the payment is paid when nothing is left to collect. `payment` is locked.

    Raises InvalidTransition for a card payment, an ended one, or a part that was collected already; TooMuch.
    """
    if not payment.is_cash or payment.status != PaymentStatus.UNPAID or payment.collections.filter(part=part).exists():
        raise InvalidTransition(status=payment.status)
    left = payment.amount - payment.amount_paid
    if not 0 < amount <= left:
        raise TooMuch(left)
    collection = CashCollection.objects.create(payment=payment, part=part, amount=amount, collected_by=actor.name, at=clock.now())
    payment.amount_paid += amount
    payment.updated_at = clock.now()
    payment.save(update_fields=["amount_paid", "updated_at"])
    record("payments.cash_collected", payment, actor, part=part, amount=money.text(amount))
    if payment.amount_paid == payment.amount:
        standing.become_paid(payment, actor=actor)
    return collection
