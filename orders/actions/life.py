"""An order's life with its vendor, its retailer, AQAD's staff and the driver, step by step."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.core.actor import Actor
from aqad.core.errors import Forbidden, Invalid, InvalidTransition
from aqad.core.signals import announce
from catalog.actions import stock
from orders.actions.locking import lock_order
from orders.actions.moving import close, give_money_back, move, not_possible, stock_lines
from orders.models import Order
from orders.signals import order_ready
from orders.statuses import BEFORE_ACCEPTANCE, OrderStatus
from payments.statuses import Method


def accept(order_id: int, *, actor: Actor) -> Order:
    """The vendor takes the order and prepares it. Raises Forbidden for anybody else, InvalidTransition."""
    with transaction.atomic():
        order = lock_order(order_id)
        _refuse_all_but_vendor(order, actor)
        move(order, OrderStatus.PROCESSING, actor=actor)
    return order


def reject(order_id: int, *, reason: str, actor: Actor) -> Order:
    """The vendor turns the order down: stock returns, money taken is refunded. Raises Invalid without a reason, InvalidTransition."""
    _require(reason)
    with transaction.atomic():
        order = lock_order(order_id)
        _refuse_all_but_vendor(order, actor)
        close(order, OrderStatus.REJECTED, reason=reason, actor=actor)
    return order


def make_ready(order_id: int, *, actor: Actor) -> Order:
    """The goods are packed and wait for the driver. Raises Forbidden for all but the vendor, InvalidTransition."""
    with transaction.atomic():
        order = lock_order(order_id)
        _refuse_all_but_vendor(order, actor)
        move(order, OrderStatus.READY, actor=actor)
        announce(order_ready, Order, order=order, actor=actor)
    return order


def cancel(order_id: int, *, reason: str = "", actor: Actor) -> Order:
    """Call the order off: its retailer before it is accepted, staff (who must say why) until it is picked up.

    Stock returns, money taken is refunded, an unpaid payment shrinks. Raises Invalid, Forbidden, InvalidTransition (also while an
    attempt to pay is live).
    """
    if actor.is_staff:
        _require(reason)
    with transaction.atomic():
        order = lock_order(order_id)
        if not actor.is_staff:
            _refuse_all_but_retailer(order, actor)
            if order.status not in BEFORE_ACCEPTANCE:
                raise not_possible(order)
        close(order, OrderStatus.CANCELLED, reason=reason, actor=actor)
    return order


def mark_picked_up(order: Order, *, actor: Actor) -> None:
    """The driver took the goods: they leave the shelf. The caller holds the locks of `lock_order`. Raises InvalidTransition."""
    with transaction.atomic():
        move(order, OrderStatus.PICKED_UP, actor=actor)
        stock.dispatch(stock_lines([order]), actor=actor)


def mark_out_for_delivery(order: Order, *, actor: Actor) -> None:
    """The driver is on the way to the shop. The caller holds the locks of `lock_order`. Raises InvalidTransition."""
    with transaction.atomic():
        move(order, OrderStatus.OUT_FOR_DELIVERY, actor=actor)


def mark_completed(order: Order, *, actor: Actor) -> None:
    """The shop has its goods, and cash was collected for them if that was agreed. The caller holds the locks of `lock_order`.

    Raises InvalidTransition, also when the cash is missing.
    """
    with transaction.atomic():
        if order.payment.method == Method.CASH_ON_DELIVERY and not order.payment.collections.filter(part=order.reference).exists():
            raise InvalidTransition(_("The cash for %(order)s was not collected.") % {"order": order.reference}, status=order.status)
        move(order, OrderStatus.COMPLETED, actor=actor)


def mark_returned(order: Order, *, reason: str = "", actor: Actor) -> None:
    """The goods came back to the vendor: on the shelf again, money taken is refunded. The caller holds the locks of `lock_order`.

    Raises InvalidTransition.
    """
    with transaction.atomic():
        move(order, OrderStatus.RETURNED, reason=reason, actor=actor)
        give_money_back(order, was_unpaid=False, reason=reason, actor=actor)
        stock.take_back(stock_lines([order]), actor=actor)


def _require(reason: str) -> None:
    if not reason:
        raise Invalid({"reason": [_("Please say why; the other side reads it.")]})


def _refuse_all_but_vendor(order: Order, actor: Actor) -> None:
    if actor.company_id is None or actor.company_id != order.vendor.company_id:
        raise Forbidden


def _refuse_all_but_retailer(order: Order, actor: Actor) -> None:
    if actor.company_id is None or actor.company_id != order.retailer.company_id:
        raise Forbidden
