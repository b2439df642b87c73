"""What is owed: opening a payment, locking it, owing less. All within the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings

from aqad.accounts.models import Company
from aqad.audit.actions import compose, record
from aqad.audit.models import Event
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition
from aqad.core.prepared import Prepared
from payments.actions import moving, standing
from payments.errors import AttemptLive, TooMuch
from payments.models import Payment
from payments.statuses import Method, PaymentStatus

locked_payment = Prepared(lambda payment_id: Payment.objects.select_for_update().filter(pk=payment_id))


def compose_payment(*, pk: int, payer: Company, method: str, amount: Decimal, pay_by: datetime | None) -> Payment:
    """A new unpaid payment of `amount` AED, still to be written; a card payment fails by itself after `pay_by`."""
    if amount <= 0:
        raise ValueError("A payment is about more than nothing.")
    now = clock.now()
    gateway = settings.PAYMENT_GATEWAY if method == Method.CARD else ""
    return Payment(pk=pk, payer=payer, method=Method(method), amount=amount, gateway=gateway, pay_by=pay_by, created_at=now, updated_at=now)


def compose_opening(payment: Payment, *, pk: int, actor: Actor) -> Event:
    """The event that is written beside a new payment."""
    return compose("payments.opened", payment, actor, pk=pk, after=payment.status, amount=money.text(payment.amount), method=payment.method)


def lock_payment(payment_id: int) -> Payment:
    """The payment as it stands now, locked until the transaction ends: the mutex of a whole purchase."""
    [payment] = locked_payment.all(payment_id)
    return payment


def reduce_amount(payment: Payment, *, by: Decimal, actor: Actor) -> None:
    """Owe `by` AED less, since a part of the purchase ended before it was paid. `payment` is locked.

    A payment with nothing left to pay is cancelled; one in cash whose every remaining part is collected is paid.
    Raises AttemptLive while the bank may still take the old amount, InvalidTransition once it is settled, TooMuch.
    """
    if payment.is_live:
        raise AttemptLive(status=payment.status)
    if payment.status != PaymentStatus.UNPAID:
        raise InvalidTransition(status=payment.status)
    open_amount = payment.amount - payment.amount_paid
    if not 0 < by <= open_amount:
        raise TooMuch(open_amount)
    payment.amount -= by
    payment.updated_at = clock.now()
    payment.save(update_fields=["amount", "updated_at"])
    record("payments.reduced", payment, actor, by=money.text(by), amount=money.text(payment.amount))
    if payment.amount == 0:
        moving.move_payment(payment, PaymentStatus.CANCELLED, verb="payments.cancelled", actor=actor)
    elif payment.amount == payment.amount_paid:
        standing.become_paid(payment, actor=actor)
