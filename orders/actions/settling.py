"""What a payment's fate means for its orders. The payment is locked by whoever settles it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.signals import announce
from catalog.actions import stock
from orders.actions.locking import lock_orders_of
from orders.actions.moving import move, stock_lines
from orders.models import Order
from orders.signals import order_closed
from orders.statuses import ENDS, OrderStatus
from payments.actions import refunding
from payments.models import Payment


def mark_paid(payment: Payment, *, actor: Actor) -> None:
    """The money is there: what waited for it becomes its vendor's to accept. What has ended meanwhile is refunded, never revived."""
    with transaction.atomic():
        orders = lock_orders_of(payment)
        now = clock.now()
        for order in orders:
            if order.status == OrderStatus.PENDING_PAYMENT:
                move(order, OrderStatus.PENDING, released_at=now, accept_by=now + acceptance_window(), actor=actor)
        _refund_what_has_ended(payment, orders, actor=actor)


def mark_failed(payment: Payment, *, reason: str, actor: Actor) -> None:
    """The money will not come (`reason` is the bank's code, or "expired"): what waited for it fails, and its stock is free again."""
    words = _("It was not paid in time.") if reason == "expired" else _("The payment was declined.")
    with transaction.atomic():
        failed = [order for order in lock_orders_of(payment) if order.status == OrderStatus.PENDING_PAYMENT]
        for order in failed:
            move(order, OrderStatus.FAILED, reason=words, actor=actor)
            announce(order_closed, Order, order=order, actor=actor)
        stock.release(stock_lines(failed), actor=actor)


def acceptance_window() -> timedelta:
    return timedelta(hours=settings.ACCEPTANCE_WINDOW_HOURS)


def _refund_what_has_ended(payment: Payment, orders: list[Order], *, actor: Actor) -> None:
    """A payment shrinks when one of its orders is cancelled unpaid, so only what it still asks for beyond the live ones is owed."""
    owed: Decimal = payment.amount - money.total(order.total for order in orders if order.status not in ENDS)
    for order in orders:
        amount = min(order.total, owed)
        if order.status in ENDS and amount > 0:
            reason = _("The order had ended before the money came.")
            refunding.request_refund(payment, amount=amount, part=order.reference, reason=reason, actor=actor)
            owed -= amount
