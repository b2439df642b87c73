"""What happens when nobody does anything: unpaid orders fail, unaccepted ones are reminded of and then cancelled.

Every order (or payment) has a transaction of its own and is looked at again under its lock, so a task that runs twice, or beside a
person's own step, does nothing twice; one that cannot be handled does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.transactions import outside_transaction
from orders.actions.locking import lock_order
from orders.actions.moving import close
from orders.actions.settling import acceptance_window
from orders.models import Order
from orders.querysets import to_remind_of, unaccepted_past, unpaid_past
from orders.statuses import OrderStatus
from payments.actions import reconciling

log = structlog.get_logger(__name__)
BATCH = 200
EXPIRY = Actor.system("expiry")


def expire_unpaid() -> int:
    """Let payments whose time is over fail, and their orders with them. Returns how many were handled."""
    outside_transaction()
    return _each(unpaid_past(clock.now()), "payment_id", partial(reconciling.fail_overdue, actor=EXPIRY))


def cancel_unaccepted() -> int:
    """Cancel and refund what no vendor accepted in time. Returns how many were handled."""
    outside_transaction()
    return _each(unaccepted_past(clock.now()), "pk", _cancel_if_still_unaccepted)


def remind_unaccepted() -> int:
    """Remind vendors, once, of orders that have waited half of their time. Returns how many were handled."""
    outside_transaction()
    return _each(to_remind_of(clock.now() + acceptance_window() / 2), "pk", _remind_if_still_due)


def _cancel_if_still_unaccepted(order_id: int) -> None:
    with transaction.atomic():
        order = lock_order(order_id)
        if order.status == OrderStatus.PENDING and order.accept_by is not None and order.accept_by <= clock.now():
            close(order, OrderStatus.CANCELLED, reason=_("The vendor did not accept it in time."), actor=EXPIRY)


def _remind_if_still_due(order_id: int) -> None:
    with transaction.atomic():
        due = Order.objects.filter(pk=order_id, status=OrderStatus.PENDING, reminded_at=None)
        if due.update(reminded_at=clock.now()) == 1:
            record("orders.acceptance_due", Order.objects.get(pk=order_id), EXPIRY)


def _each(orders: QuerySet[Order], field: str, handle: Callable[[int], object]) -> int:
    """Call `handle` once for each value of `field`, in ascending order, in batches."""
    last, done = 0, 0
    while batch := _following(orders, field, last):
        for number in batch:
            try:
                handle(number)
                done += 1
            except Exception:  # a lock held too long, a bank that is away: the next round tries again
                log.exception("expiry_failed", **{field: number})
        last = batch[-1]
    return done


def _following(orders: QuerySet[Order], field: str, last: int) -> list[int]:
    rows = orders.filter(**{f"{field}__gt": last}).order_by(field).values_list(field, flat=True).distinct()
    return list(rows[:BATCH])
