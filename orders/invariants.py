"""What must always hold of orders: S3, S5, M1, M4 and T1 of the promise. Each check names the rows for which it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from aqad.audit.models import Event
from aqad.core import clock, money
from catalog.models import Stock, StockMovement
from catalog.statuses import MovementKind
from orders.models import Order, OrderLine
from orders.querysets import STEPS, unpaid_past
from orders.statuses import HOLDING_STOCK, TRANSITIONS, OrderStatus
from payments.models import Payment
from payments.statuses import PaymentStatus, RefundStatus

# The states in which the retailer gets (or got) nothing for its money.
NOTHING_FOR_IT = (OrderStatus.FAILED, OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.RETURNED)
# Beat looks every minute; a longer delay means that it does not.
GRACE = timedelta(minutes=15)


def reserved_is_what_open_orders_hold() -> list[str]:
    open_lines = OrderLine.objects.filter(order__status__in=HOLDING_STOCK).order_by()
    held = dict(open_lines.values_list("product").annotate(sum=Sum("quantity")))
    apart = Stock.objects.filter(Q(reserved__gt=0) | Q(product__in=held)).order_by("pk")
    return [
        f"P{stock.pk}: {stock.reserved} reserved, open orders hold {held.get(stock.pk, 0)}"
        for stock in apart
        if stock.reserved != held.get(stock.pk, 0)
    ]


def ended_orders_hold_no_stock() -> list[str]:
    movements = StockMovement.objects.filter(line=OuterRef("pk"))
    ended = OrderLine.objects.filter(order__status__in=(OrderStatus.FAILED, OrderStatus.CANCELLED, OrderStatus.REJECTED))
    holding = ended.exclude(Exists(movements.filter(kind=MovementKind.RELEASED))).select_related("order")
    return [f"{line.order}: {line.order.status}, still holds {line.quantity} of P{line.product_id}" for line in holding]


def reservations_end_in_time() -> list[str]:
    late = unpaid_past(clock.now() - GRACE).filter(payment__status=PaymentStatus.UNPAID).select_related("payment")
    return [f"{order}: unpaid since {order.payment.pay_by:%Y-%m-%d %H:%M}, still holds its stock" for order in late]


def amounts_add_up() -> list[str]:
    return [words for order, lines in _orders_with_lines() for words in _wrong_amounts(order, lines)]


def money_has_its_order() -> list[str]:
    """What was taken and not given back never exceeds what is being delivered for it."""
    refunds = Sum("refunds__amount", filter=~Q(refunds__status=RefundStatus.FAILED))
    taken = Payment.objects.filter(amount_paid__gt=0).annotate(given_back=Coalesce(refunds, money.ZERO)).order_by("pk")
    live = Order.objects.exclude(status__in=NOTHING_FOR_IT).filter(payment__amount_paid__gt=0).order_by()
    due: dict[int, Decimal] = {number: money.aed(total) for number, total in live.values_list("payment").annotate(sum=Sum("total"))}
    kept = {payment: money.aed(payment.amount_paid) - money.aed(payment.given_back) for payment in taken}
    return [
        f"{payment}: keeps {amount} AED, its orders are about {due.get(payment.pk, money.ZERO)}"
        for payment, amount in kept.items()
        if amount > due.get(payment.pk, money.ZERO)
    ]


def steps_are_allowed() -> list[str]:
    """Each order begins as placed, goes only where the table allows, and stands where its last step left it."""
    wrong: list[str] = []
    ended_at: dict[str, str] = {}
    own = [verb for verb in STEPS if verb.startswith("orders.")]
    events = Event.objects.filter(verb__in=own).order_by("subject", "pk").values_list("subject", "verb", "facts").iterator()
    for reference, steps in groupby(events, key=lambda event: event[0]):
        before: str | None = None
        for _, verb, facts in steps:
            if not _may_follow(before, verb, facts):
                wrong.append(f"{reference}: {verb} after {before or 'nothing'}")
            before = facts.get("after", "")
        ended_at[reference] = before or ""
    for number, status in Order.objects.order_by("pk").values_list("pk", "status").iterator():
        if ended_at.get(f"{Order.PREFIX}{number}") != status:
            wrong.append(f"{Order.PREFIX}{number}: is {status}, its last step says {ended_at.get(f'{Order.PREFIX}{number}', 'nothing')}")
    return wrong


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "S3 reserved is what open orders hold": reserved_is_what_open_orders_hold,
    "S5 ended orders hold no stock": ended_orders_hold_no_stock,
    "S5 reservations end in time": reservations_end_in_time,
    "M1 amounts add up": amounts_add_up,
    "M4 money has its order": money_has_its_order,
    "T1 orders' steps are allowed": steps_are_allowed,
}


def _orders_with_lines() -> Iterator[tuple[Order, list[OrderLine]]]:
    for order in Order.objects.prefetch_related("lines").order_by("pk").iterator(chunk_size=500):
        yield order, list(order.lines.all())


def _wrong_amounts(order: Order, lines: list[OrderLine]) -> Iterator[str]:
    for line in lines:
        if line.line_total != money.line_total(line.unit_price, line.quantity) or line.vat != money.vat_on(line.line_total, line.vat_rate):
            yield f"{order}: the line of P{line.product_id} does not add up"
    subtotal, vat = money.total(line.line_total for line in lines), money.total(line.vat for line in lines)
    if (order.subtotal, order.vat, order.total) != (subtotal, vat, subtotal + vat) or not lines:
        yield f"{order}: {order.subtotal} + {order.vat} = {order.total}, its lines say {subtotal} + {vat}"


def _may_follow(before: str | None, verb: str, facts: dict[str, Any]) -> bool:
    if before is None:
        return verb == "orders.placed" and facts.get("after") in {OrderStatus.PENDING_PAYMENT, OrderStatus.PENDING}
    return facts.get("before") == before and facts.get("after") in TRANSITIONS.get(before, frozenset())
