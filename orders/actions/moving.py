"""The one mover of an order, and what an end gives back: the goods to the shelf, the money to the retailer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition
from aqad.core.prepared import Prepared
from aqad.core.signals import announce
from catalog.actions import stock
from catalog.actions.stock import StockLine
from orders.models import Order, OrderLine
from orders.signals import order_closed
from orders.statuses import TRANSITIONS, OrderStatus
from payments.actions import owing, refunding
from payments.statuses import Method

VERBS: dict[str, str] = {
    OrderStatus.PENDING: "orders.paid",
    OrderStatus.PROCESSING: "orders.accepted",
    OrderStatus.READY: "orders.ready",
    OrderStatus.PICKED_UP: "orders.picked_up",
    OrderStatus.OUT_FOR_DELIVERY: "orders.out_for_delivery",
    OrderStatus.COMPLETED: "orders.completed",
    OrderStatus.FAILED: "orders.failed",
    OrderStatus.CANCELLED: "orders.cancelled",
    OrderStatus.REJECTED: "orders.rejected",
    OrderStatus.RETURNED: "orders.returned",
}

lines_of = Prepared(lambda order_ids: OrderLine.objects.filter(order__in=order_ids).order_by("product_id", "pk"))


def move(order: Order, status: str, *, actor: Actor, **changes: Any) -> None:
    """Bring the locked order into `status`, with the fields in `changes`, and put that on record. Raises InvalidTransition."""
    before = order.status
    if status not in TRANSITIONS[before]:
        raise not_possible(order)
    order.status, order.updated_at = status, clock.now()
    for name, value in changes.items():
        setattr(order, name, value)
    order.save(update_fields=["status", "updated_at", *changes])
    record(VERBS[status], order, actor, before=before, after=status, payment=order.payment.reference)


def close(order: Order, status: str, *, reason: str, actor: Actor) -> None:
    """End the locked order before pick-up: money taken is refunded, money owed is owed no more, stock returns.

    Raises InvalidTransition, also while an attempt to pay is live.
    """
    was_unpaid = order.status == OrderStatus.PENDING_PAYMENT
    move(order, status, reason=reason, actor=actor)
    give_money_back(order, was_unpaid=was_unpaid, reason=reason, actor=actor)
    announce(order_closed, Order, order=order, actor=actor)
    stock.release(stock_lines([order]), actor=actor)


def give_money_back(order: Order, *, was_unpaid: bool, reason: str, actor: Actor) -> None:
    """Refund the order's part of what was taken, or let the payment shrink by it. Cash is taken at the end, if at all."""
    if was_unpaid or order.payment.method == Method.CASH_ON_DELIVERY:
        owing.reduce_amount(order.payment, by=order.total, actor=actor)
    else:
        refunding.request_refund(order.payment, amount=order.total, part=order.reference, reason=reason, actor=actor)


def stock_lines(orders: Iterable[Order]) -> list[StockLine]:
    """The lines of these orders in the words of the stock's ledger."""
    lines = lines_of.all([order.pk for order in orders])
    return [StockLine(line.product_id, line.quantity, line.pk, f"{Order.PREFIX}{line.order_id}") for line in lines]


def not_possible(order: Order) -> InvalidTransition:
    return InvalidTransition(
        _("%(order)s is “%(status)s”; this step is not possible any more.")
        % {"order": order.reference, "status": order.get_status_display()},
        status=order.status,
    )
