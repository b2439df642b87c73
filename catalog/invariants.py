"""S1, S2, S4, A1 of what must never happen: the counters are possible, the ledger explains them, each order line ends once,
what was counted by hand is on record."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from aqad.audit.models import Event
from catalog.models import Product, Stock, StockMovement
from catalog.statuses import MovementKind

ENDED = Q(kind__in=[MovementKind.RELEASED, MovementKind.DISPATCHED])


def s1_counters_are_possible() -> list[str]:
    return [str(stock) for stock in Stock.objects.filter(Q(reserved__lt=0) | Q(reserved__gt=F("on_hand")))]


def s2_counters_equal_the_ledger() -> list[str]:
    from catalog.actions.reconciling import disagreements

    return [str(found) for found in disagreements()]


def s4_each_line_is_reserved_once_and_ends_once() -> list[str]:
    lines = (
        StockMovement.objects.exclude(line=None)
        .values("line", "order")
        .annotate(
            reserved=Count("pk", filter=Q(kind=MovementKind.RESERVED)),
            ended=Count("pk", filter=ENDED),
            dispatched=Count("pk", filter=Q(kind=MovementKind.DISPATCHED)),
            returned=Count("pk", filter=Q(kind=MovementKind.RETURNED)),
        )
    )
    wrong = lines.exclude(reserved=1, ended__lte=1, returned__lte=F("dispatched"))
    return [
        f"line {row['line']} of {row['order']}: reserved {row['reserved']}, ended {row['ended']}, returned {row['returned']} times"
        for row in wrong
    ]


def s4_movements_belong_to_one_product() -> list[str]:
    lines = StockMovement.objects.exclude(line=None).values("line").annotate(products=Count("product", distinct=True))
    return [f"line {row['line']} moved {row['products']} products" for row in lines.filter(products__gt=1)]


def s4_what_ends_is_what_was_reserved() -> list[str]:
    """A line releases or takes off the shelf exactly as much as it had reserved."""
    lines = StockMovement.objects.exclude(line=None).values("line").annotate(left=Sum("reserved_change"), ends=Count("pk", filter=ENDED))
    return [f"line {row['line']} ended with {row['left']} still reserved" for row in lines.filter(ends=1).exclude(left=0)]


def a1_corrections_are_on_record() -> list[str]:
    """Each correction of a shelf has its event; what came in has one, too, unless it came with the product itself."""
    reference = Concat(Value(Product.PREFIX), Cast("product", CharField()), output_field=CharField())
    told = Event.objects.filter(subject=OuterRef("reference"), verb="catalog.stock_adjusted").order_by().values("subject")
    moved = (
        StockMovement.objects.filter(kind__in=[MovementKind.ADJUSTED, MovementKind.RECEIVED])
        .order_by()
        .annotate(reference=reference)
        .values("reference")
        .annotate(
            adjusted=Count("pk", filter=Q(kind=MovementKind.ADJUSTED)),
            moved=Count("pk"),
            events=Coalesce(Subquery(told.values(n=Count("*"))), 0),
        )
    )
    wrong = moved.exclude(events__gte=F("adjusted"), events__lte=F("moved"))
    return [f"{row['reference']}: corrected {row['adjusted']} times, {row['events']} on record" for row in wrong.order_by("reference")]


def products_have_stock() -> list[str]:
    return [product.reference for product in Product.objects.filter(stock=None)]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "S1 counters are possible": s1_counters_are_possible,
    "S2 counters equal the ledger": s2_counters_equal_the_ledger,
    "S2 every product has counters": products_have_stock,
    "S4 each line is reserved once and ends once": s4_each_line_is_reserved_once_and_ends_once,
    "S4 a line moves one product": s4_movements_belong_to_one_product,
    "S4 what ends is what was reserved": s4_what_ends_is_what_was_reserved,
    "A1 corrections of stock are on record": a1_corrections_are_on_record,
}
