"""Promising goods, letting them go, counting them. Counters for speed, the ledger for proof; both change together.

Every change of a counter writes its movement in the same transaction. A movement is unique per kind and order line, so a release
or a dispatch happens once, whoever repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Model, Q
from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import record, record_many
from aqad.core import clock, metrics, writing
from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from aqad.core.fields import LARGEST_QUANTITY
from aqad.core.prepared import Prepared
from aqad.core.statements import ask
from catalog import freshness
from catalog.errors import InsufficientStock, ReservedStock, Shortage
from catalog.models import Product, Stock, StockMovement
from catalog.statuses import MovementKind

ENDS = (MovementKind.RELEASED, MovementKind.DISPATCHED)
# Rows are locked in ascending order of their products before any is changed. Who had to wait for one sees it as it was left.
# `wanted` names each product once; `taken` are those of which there was enough, and whether their level is not what it was.
TAKING = """
    locked AS (
        SELECT product_id, wanted.quantity FROM wanted JOIN catalog_stock AS stock USING (product_id)
        ORDER BY product_id FOR NO KEY UPDATE OF stock
    ), taken AS (
        UPDATE catalog_stock AS stock SET reserved = stock.reserved + locked.quantity
        FROM locked JOIN catalog_product AS product ON product.id = locked.product_id
        WHERE stock.product_id = locked.product_id AND stock.on_hand >= stock.reserved + locked.quantity
        RETURNING stock.product_id,
            stock.is_low <> coalesce(stock.on_hand <= stock.reserved + product.low_stock_at, false) AS is_level_wrong
    )
"""
TAKE = f"""
    WITH wanted AS (SELECT product_id, quantity FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (product_id, quantity)),
    {TAKING} SELECT product_id, is_level_wrong FROM taken
"""  # noqa: S608  (put together of our own words)
TAKE_ONE = 'UPDATE "catalog_stock" SET "reserved" = "reserved" + %s WHERE "product_id" = %s AND "on_hand" >= "reserved" + %s'
SET = 'UPDATE "catalog_stock" SET "on_hand" = %s, "reserved" = %s WHERE "product_id" = %s'
REACHED = Q(on_hand__lte=F("reserved") + F("product__low_stock_at"))
PASSED = Q(product__low_stock_at=None) | Q(on_hand__gt=F("reserved") + F("product__low_stock_at"))
WRONG = (Q(is_low=False) & REACHED) | (Q(is_low=True) & PASSED)

locked_stock = Prepared(lambda ids: Stock.objects.select_for_update().filter(product_id__in=ids).order_by("product_id"))
stock_at_wrong_level = Prepared(
    lambda ids: Stock.objects.select_related("product").filter(WRONG, product_id__in=ids).order_by("product_id")
)
movements_of = Prepared(lambda lines, kinds: StockMovement.objects.filter(line__in=lines, kind__in=kinds).only("line", "kind"))


@dataclass(frozen=True, slots=True)
class StockLine:
    """So many units of a product, wanted by one line of an order (`ORD1001`)."""

    product_id: int
    quantity: int
    line_id: int
    order: str


def reserve(lines: Sequence[StockLine], *, actor: Actor, beside: Sequence[Model] = ()) -> None:
    """Promise every line's units, or none. Call last in the transaction: a much wanted product's row is held from here to the commit.

    `beside` are new rows that are written together with the ledger's. Raises InsufficientStock naming each short product; the
    transaction is then to be rolled back.
    """
    with transaction.atomic(savepoint=False):
        writing.insert([*beside, *_movements(lines, MovementKind.RESERVED, actor, reserved=1)])
        wanted = _per_product(lines)
        taken = _take_all(wanted)
        if len(taken) < len(wanted):
            metrics.RESERVATIONS.labels("short").inc()
            raise InsufficientStock(_shortages({product_id: wanted[product_id] for product_id in sorted(wanted.keys() - taken.keys())}))
        _watch_level([product_id for product_id, is_level_wrong in taken.items() if is_level_wrong], actor)
    metrics.RESERVATIONS.labels("ok").inc()


def release(lines: Sequence[StockLine], *, actor: Actor) -> None:
    """Let go of what the lines hold, so that others can order it. Lines that hold nothing (any more) are passed over."""
    with transaction.atomic(savepoint=False):
        stocks = _lock(lines)
        held = _lines_with(lines, MovementKind.RESERVED, without=ENDS)
        _move(held, stocks, MovementKind.RELEASED, actor, reserved=-1)


def dispatch(lines: Sequence[StockLine], *, actor: Actor) -> None:
    """Take the lines' units off the shelf: they were picked up. Lines that hold nothing (any more) are passed over."""
    with transaction.atomic(savepoint=False):
        stocks = _lock(lines)
        held = _lines_with(lines, MovementKind.RESERVED, without=ENDS)
        _move(held, stocks, MovementKind.DISPATCHED, actor, on_hand=-1, reserved=-1)


def take_back(lines: Sequence[StockLine], *, actor: Actor) -> None:
    """Put dispatched units back on the shelf: they came back. Lines that were not dispatched, or are back already, are passed over."""
    with transaction.atomic(savepoint=False):
        stocks = _lock(lines)
        gone = _lines_with(lines, MovementKind.DISPATCHED, without=(MovementKind.RETURNED,))
        _move(gone, stocks, MovementKind.RETURNED, actor, on_hand=1)


def adjust(product: Product, *, change: int | None = None, on_hand: int | None = None, reason: str, actor: Actor) -> Stock:
    """Add `change` units to the shelf, or set it to `on_hand` units after a stocktake. Returns the stock as it now stands.

    Raises ReservedStock below what orders hold, Invalid for a figure below 0 or above 10,000,000.
    """
    with transaction.atomic():
        stock = Stock.objects.select_for_update().get(product=product)
        before = stock.on_hand
        stock.on_hand = before + change if change is not None else before if on_hand is None else on_hand
        if not 0 <= stock.on_hand <= LARGEST_QUANTITY:
            raise Invalid({"change" if change is not None else "on_hand": [_("The stock must stay between 0 and 10,000,000.")]})
        if stock.on_hand < stock.reserved:
            raise ReservedStock(on_hand=before, reserved=stock.reserved)
        if stock.on_hand != before:
            _write_adjustment(stock, stock.on_hand - before, is_count=change is None, reason=reason, actor=actor)
            record("catalog.stock_adjusted", product, actor, before=before, on_hand=stock.on_hand, reserved=stock.reserved)
            _watch_level([product.pk], actor)
            freshness.renew_after_commit()
    return stock


def count_all(counted: Mapping[int, int], *, reason: str, actor: Actor) -> dict[int, Stock]:
    """Set the shelves to what was counted, by product; where orders hold more than that, nothing is changed.

    Returns the stock of those that were refused.
    """
    with transaction.atomic():
        rows = Stock.objects.select_for_update(of=("self",)).select_related("product").filter(product_id__in=counted)
        stocks = list(rows.order_by("product_id"))
        changed = [(stock, stock.on_hand) for stock in stocks if stock.reserved <= counted[stock.product_id] != stock.on_hand]
        if changed:
            _write_counts(changed, counted, reason=reason, actor=actor)
            _watch_level([stock.product_id for stock, _before in changed], actor)
            freshness.renew_after_commit()
    return {stock.product_id: stock for stock in stocks if counted[stock.product_id] < stock.reserved}


def watch_levels(product_ids: Sequence[int], *, actor: Actor) -> None:
    """Look again whether the stock of these products is low, after their thresholds changed."""
    with transaction.atomic():
        list(Stock.objects.select_for_update().filter(product_id__in=product_ids).order_by("product_id"))
        _watch_level(product_ids, actor)


def _take_all(wanted: Mapping[int, int]) -> dict[int, bool]:
    """Take what there is enough of: those products, and whether it must be told that their stock is low now.

    The guard against overselling: it is checked and changed in one statement, row by row in the order that everybody keeps.
    """
    if connection.vendor == "postgresql":
        return dict(ask(TAKE, [list(wanted), list(wanted.values())]))
    taken = [product_id for product_id in sorted(wanted) if _take(product_id, wanted[product_id])]
    wrong = {stock.product_id for stock in stock_at_wrong_level.all(taken)}
    return {product_id: product_id in wrong for product_id in taken}


def _take(product_id: int, quantity: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ONE, [quantity, product_id, quantity])
        return bool(cursor.rowcount == 1)


def _shortages(short: Mapping[int, int]) -> list[Shortage]:
    """What is there of each product of which more was wanted."""
    found = dict(Stock.objects.filter(product_id__in=short).values_list("product_id", F("on_hand") - F("reserved")))
    return [
        Shortage(product=f"{Product.PREFIX}{product_id}", requested=quantity, available=found.get(product_id, 0))
        for product_id, quantity in short.items()
    ]


def _per_product(lines: Sequence[StockLine]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
    return wanted


def _lock(lines: Sequence[StockLine]) -> dict[int, Stock]:
    """The lines' stock rows, locked in the order that everybody keeps."""
    return {stock.product_id: stock for stock in locked_stock.all(sorted({line.product_id for line in lines}))}


def _lines_with(lines: Sequence[StockLine], kind: MovementKind, *, without: Sequence[MovementKind]) -> list[StockLine]:
    """The lines that the ledger knows by a movement of `kind` and none of `without`. Read under the lock of their stock."""
    known: dict[int, set[str]] = {}
    for movement in movements_of.all([line.line_id for line in lines], [one.value for one in (kind, *without)]):
        known.setdefault(movement.line or 0, set()).add(movement.kind)
    return [line for line in lines if known.get(line.line_id) == {kind}]


def _move(
    lines: list[StockLine], stocks: dict[int, Stock], kind: MovementKind, actor: Actor, *, on_hand: int = 0, reserved: int = 0
) -> None:
    if not lines:
        return
    for line in lines:
        stocks[line.product_id].on_hand += on_hand * line.quantity
        stocks[line.product_id].reserved += reserved * line.quantity
    touched = sorted({line.product_id for line in lines})
    with connection.cursor() as cursor:
        cursor.executemany(SET, [(stocks[product_id].on_hand, stocks[product_id].reserved, product_id) for product_id in touched])
    writing.insert(_movements(lines, kind, actor, on_hand=on_hand, reserved=reserved))
    _watch_level(touched, actor)


def _movements(lines: Sequence[StockLine], kind: MovementKind, actor: Actor, *, on_hand: int = 0, reserved: int = 0) -> list[StockMovement]:
    now, name = clock.now(), actor.name
    return [
        StockMovement(
            product_id=line.product_id,
            kind=kind,
            on_hand_change=on_hand * line.quantity,
            reserved_change=reserved * line.quantity,
            order=line.order,
            line=line.line_id,
            actor=name,
            at=now,
        )
        for line in lines
    ]


def _write_adjustment(stock: Stock, difference: int, *, is_count: bool, reason: str, actor: Actor) -> None:
    came_in = difference > 0 and not is_count
    stock.save(update_fields=["on_hand"])
    StockMovement.objects.create(
        product_id=stock.product_id,
        kind=MovementKind.RECEIVED if came_in else MovementKind.ADJUSTED,
        on_hand_change=difference,
        reason=reason,
        actor=actor.name,
        at=clock.now(),
    )


def _write_counts(changed: Sequence[tuple[Stock, int]], counted: Mapping[int, int], *, reason: str, actor: Actor) -> None:
    now = clock.now()
    for stock, _before in changed:
        stock.on_hand = counted[stock.product_id]
    Stock.objects.bulk_update([stock for stock, _before in changed], ["on_hand"])
    StockMovement.objects.bulk_create(
        StockMovement(
            product_id=stock.product_id,
            kind=MovementKind.ADJUSTED,
            on_hand_change=stock.on_hand - before,
            reason=reason,
            actor=actor.name,
            at=now,
        )
        for stock, before in changed
    )
    facts = [{"before": before, "on_hand": stock.on_hand, "reserved": stock.reserved} for stock, before in changed]
    record_many("catalog.stock_adjusted", [stock.product for stock, _before in changed], actor, facts)


def _watch_level(product_ids: Sequence[int], actor: Actor) -> None:
    """Say once that a stock fell to its threshold, and forget it when it has recovered. The rows are locked by now."""
    if not product_ids:
        return
    for stock in stock_at_wrong_level.all(list(product_ids)):
        stock.is_low = not stock.is_low
        stock.save(update_fields=["is_low"])
        if stock.is_low:
            record("catalog.stock_low", stock.product, actor, available=stock.available, low_stock_at=stock.product.low_stock_at)
