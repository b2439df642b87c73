"""What must always hold of orders: S3, S4, S5, M1, M4, T1, T3 and I1 of the promise. Each check names the rows for which it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from aqad.accounts.statuses import CompanyStatus
from aqad.audit.models import Event
from aqad.core import clock, money
from aqad.core.models import IdempotencyKey
from catalog.models import Product, Stock, StockMovement
from catalog.statuses import MovementKind, ProductStatus
from orders.models import Order, OrderLine
from orders.querysets import STEPS, unpaid_past
from orders.statuses import HOLDING_STOCK, TRANSITIONS, OrderStatus
from payments.models import Payment
from payments.statuses import PaymentStatus, RefundStatus

# The states in which the retailer gets (or got) nothing for its money.
NOTHING_FOR_IT = (OrderStatus.FAILED, OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.RETURNED)
# Beat looks every minute; a longer delay means that it does not.
GRACE = timedelta(minutes=15)
# A transaction that read a product before it was withdrawn ends by then, because no statement and no wait lasts longer.
LONGEST_TRANSACTION = timedelta(minutes=1)
PLACING = ("POST /api/orders", "POST /api/checkout")


def reserved_is_what_open_orders_hold() -> list[str]:
    open_lines = OrderLine.objects.filter(order__status__in=HOLDING_STOCK).order_by()
    held = dict(open_lines.values_list("product").annotate(sum=Sum("quantity")))
    apart = Stock.objects.filter(Q(reserved__gt=0) | Q(product__in=held)).order_by("pk")
    return [
        f"P{stock.pk}: {stock.reserved} reserved, open orders hold {held.get(stock.pk, 0)}"
        for stock in apart
        if stock.reserved != held.get(stock.pk, 0)
    ]


def each_line_was_reserved() -> list[str]:
    """The ledger knows the reservation of every line, as much of the product as was ordered."""
    reserved = StockMovement.objects.filter(line=OuterRef("pk"), kind=MovementKind.RESERVED)
    right = reserved.filter(product=OuterRef("product"), reserved_change=OuterRef("quantity"))
    never = OrderLine.objects.filter(~Exists(right)).select_related("order").order_by("pk")
    return [f"{line.order}: {line.quantity} of P{line.product_id} were not reserved" for line in never]


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


def amounts_are_those_placed() -> list[str]:
    """Orders cost what they cost when they were placed, and their payment was opened for the sum of it, whatever was edited since."""
    totals = dict(Order.objects.values_list("pk", "total"))
    placed = Event.objects.filter(verb="orders.placed").order_by("pk").values_list("subject", "facts")
    wrong = [
        f"{reference}: {totals[pk]} AED, placed for {facts['total']}"
        for reference, facts in placed.iterator()
        if (pk := int(reference.removeprefix(Order.PREFIX))) in totals and money.text(totals[pk]) != facts.get("total")
    ]
    sums: dict[int, Decimal] = {pk: money.aed(sum_) for pk, sum_ in Order.objects.order_by().values_list("payment").annotate(Sum("total"))}
    opened = Event.objects.filter(verb="payments.opened").order_by("pk").values_list("subject", "facts")
    for reference, facts in opened.iterator():
        cost = sums.get(int(reference.removeprefix(Payment.PREFIX)))
        if cost is not None and money.text(cost) != facts.get("amount"):
            wrong.append(f"{reference}: opened for {facts.get('amount')}, its orders cost {money.text(cost)}")
    return wrong


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


def only_what_was_on_sale_was_bought() -> list[str]:
    """Nothing was ordered after it was withdrawn, nor of another vendor than its order's. Told of what is withdrawn at present."""
    lines = OrderLine.objects.order_by("pk").select_related("order")
    foreign = lines.exclude(product__vendor=F("order__vendor"))
    wrong = [f"{line.order}: P{line.product_id} is not of its vendor" for line in foreign]
    reference = Concat(Value(Product.PREFIX), Cast("product_id", CharField()), output_field=CharField())
    withdrawn = {
        "was taken down": lines.filter(product__taken_down_at__isnull=False).annotate(since=F("product__taken_down_at")),
        "was archived": lines.filter(product__status=ProductStatus.ARCHIVED).annotate(
            sold=reference, since=_last(OuterRef("sold"), verb="catalog.product_archived")
        ),
        "was unpublished": lines.filter(product__status=ProductStatus.DRAFT).annotate(
            sold=reference, since=_last(OuterRef("sold"), verb="catalog.product_changed", facts__status__1=ProductStatus.DRAFT)
        ),
        "was of a suspended vendor": lines.filter(order__vendor__company__status=CompanyStatus.SUSPENDED).annotate(
            since=_last(OuterRef("order__vendor__company__reference"), verb="accounts.company_suspended")
        ),
    }
    for words, found in withdrawn.items():
        late = found.filter(order__created_at__gt=F("since") + LONGEST_TRANSACTION)
        wrong += [f"{line.order}: P{line.product_id} {words}" for line in late]
    return wrong


def acknowledged_orders_are_there() -> list[str]:
    """What was answered under an idempotency key is found, for as long as the key lives."""
    answered = IdempotencyKey.objects.filter(status=201, route__in=PLACING).values_list("route", "key", "answer")
    named: dict[str, str] = {}
    for route, key, answer in answered.iterator():
        shown: dict[str, Any] = answer or {}
        named.update({str(order["id"]): f"{route} {key}" for order in shown.get("orders", [shown])})
    numbers = {int(reference.removeprefix(Order.PREFIX)): reference for reference in named}
    there = set(Order.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    return [f"{reference}: acknowledged to {named[reference]}, but not there" for pk, reference in numbers.items() if pk not in there]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "S3 reserved is what open orders hold": reserved_is_what_open_orders_hold,
    "S4 each line was reserved": each_line_was_reserved,
    "S5 ended orders hold no stock": ended_orders_hold_no_stock,
    "S5 reservations end in time": reservations_end_in_time,
    "M1 amounts add up": amounts_add_up,
    "M1 amounts are those placed": amounts_are_those_placed,
    "M4 money has its order": money_has_its_order,
    "T1 orders' steps are allowed": steps_are_allowed,
    "T3 only what was on sale was bought": only_what_was_on_sale_was_bought,
    "I1 acknowledged orders are there": acknowledged_orders_are_there,
}


def _last(subject: OuterRef, **what: Any) -> Subquery:
    """When this happened to the subject last."""
    return Subquery(Event.objects.filter(subject=subject, **what).order_by("-pk").values("at")[:1])


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
