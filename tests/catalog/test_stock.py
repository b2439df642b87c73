"""Reserving, releasing, dispatching, taking back, counting: counters and ledger move together or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from aqad.audit.models import Event
from aqad.core.errors import Invalid
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.errors import InsufficientStock, ReservedStock
from catalog.models import Product, Stock, StockMovement
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = pytest.mark.embedded


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of, on_hand=500)


@pytest.fixture
def cola(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of, on_hand=20, name="Cola")


def line(product: Product, quantity: int, number: int = 1, order: str = "ORD1001") -> StockLine:
    return StockLine(product_id=product.pk, quantity=quantity, line_id=number, order=order)


def counters(product: Product) -> tuple[int, int]:
    """On hand and reserved; the ledger must say the same."""
    row = Stock.objects.get(product=product)
    sums = StockMovement.objects.filter(product=product).aggregate(on_hand=Sum("on_hand_change"), reserved=Sum("reserved_change"))
    assert (row.on_hand, row.reserved) == (sums["on_hand"] or 0, sums["reserved"] or 0)
    return row.on_hand, row.reserved


def test_reserving_promises_units_and_writes_the_ledger(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 100)], actor=retailer.actor)
    assert counters(pepsi) == (500, 100)
    movement = StockMovement.objects.get(kind="reserved")
    assert (movement.order, movement.line, movement.actor) == ("ORD1001", 1, f"Retailer {retailer.of.reference}")


def test_the_last_unit_can_be_reserved(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 500)], actor=retailer.actor)
    assert counters(pepsi) == (500, 500)


def test_refuses_when_stock_is_short_and_names_every_short_product_once(pepsi: Product, cola: Product, retailer: Person) -> None:
    lines = [line(cola, 15, 1), line(pepsi, 501, 2), line(cola, 15, 3)]
    with pytest.raises(InsufficientStock) as refusal, transaction.atomic():
        stock.reserve(lines, actor=retailer.actor)
    assert refusal.value.facts["items"] == [
        {"product": pepsi.reference, "requested": 501, "available": 500},
        {"product": cola.reference, "requested": 30, "available": 20},
    ]
    assert counters(pepsi) == (500, 0)
    assert counters(cola) == (20, 0)


def test_reserves_all_lines_or_none(pepsi: Product, cola: Product, retailer: Person) -> None:
    with pytest.raises(InsufficientStock) as refusal, transaction.atomic():
        stock.reserve([line(pepsi, 1, 1), line(cola, 21, 2)], actor=retailer.actor)
    assert [item["product"] for item in refusal.value.facts["items"]] == [cola.reference]
    assert counters(pepsi) == (500, 0)


def test_a_product_without_a_stock_row_is_short(pepsi: Product, retailer: Person) -> None:
    Stock.objects.filter(product=pepsi).delete()
    with pytest.raises(InsufficientStock) as refusal, transaction.atomic():
        stock.reserve([line(pepsi, 1)], actor=retailer.actor)
    assert refusal.value.facts["items"][0]["available"] == 0


def test_releasing_twice_releases_once(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 100)], actor=retailer.actor)
    for _ in range(2):
        stock.release([line(pepsi, 100)], actor=retailer.actor)
    assert counters(pepsi) == (500, 0)


def test_dispatching_twice_dispatches_once(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 100)], actor=retailer.actor)
    for _ in range(2):
        stock.dispatch([line(pepsi, 100)], actor=retailer.actor)
    assert counters(pepsi) == (400, 0)


def test_what_was_dispatched_cannot_be_released(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 100)], actor=retailer.actor)
    stock.dispatch([line(pepsi, 100)], actor=retailer.actor)
    stock.release([line(pepsi, 100)], actor=retailer.actor)
    assert counters(pepsi) == (400, 0)


def test_what_was_never_reserved_is_neither_released_nor_dispatched(pepsi: Product, retailer: Person) -> None:
    stock.release([line(pepsi, 5)], actor=retailer.actor)
    stock.dispatch([line(pepsi, 5)], actor=retailer.actor)
    stock.take_back([line(pepsi, 5)], actor=retailer.actor)
    assert counters(pepsi) == (500, 0)


def test_taking_back_puts_units_on_the_shelf_once(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 100)], actor=retailer.actor)
    stock.dispatch([line(pepsi, 100)], actor=retailer.actor)
    for _ in range(2):
        stock.take_back([line(pepsi, 100)], actor=retailer.actor)
    assert counters(pepsi) == (500, 0)


def test_only_the_lines_that_still_hold_stock_are_released(pepsi: Product, cola: Product, retailer: Person) -> None:
    both = [line(pepsi, 100, 1), line(cola, 5, 2)]
    stock.reserve(both, actor=retailer.actor)
    stock.release(both[:1], actor=retailer.actor)
    stock.release(both, actor=retailer.actor)
    assert (counters(pepsi), counters(cola)) == ((500, 0), (20, 0))


def test_the_database_lets_a_line_end_only_once(pepsi: Product, retailer: Person) -> None:
    stock.reserve([line(pepsi, 1)], actor=retailer.actor)
    stock.release([line(pepsi, 1)], actor=retailer.actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMovement.objects.create(product=pepsi, kind="dispatched", line=1, actor="x")


def test_reserving_costs_the_same_whatever_the_number_of_lines(vendor: Person, retailer: Person, django_assert_num_queries: object) -> None:
    products = [ProductFactory(vendor=vendor.of, on_hand=5) for _ in range(7)]
    # The ledger and the guarded update; SQLite has a guarded update for each product, and a look at the thresholds.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 1 + 7 + 1):
        stock.reserve([line(product, 1, number) for number, product in enumerate(products)], actor=retailer.actor)


def test_releasing_costs_the_same_whatever_the_number_of_lines(vendor: Person, retailer: Person, django_assert_num_queries: object) -> None:
    products = [ProductFactory(vendor=vendor.of, on_hand=5) for _ in range(7)]
    lines = [line(product, 1, number) for number, product in enumerate(products)]
    stock.reserve(lines, actor=retailer.actor)
    with django_assert_num_queries(5):
        stock.release(lines, actor=retailer.actor)


def test_says_once_that_stock_is_low_and_again_after_it_had_recovered(pepsi: Product, vendor: Person, retailer: Person) -> None:
    Product.objects.filter(pk=pepsi.pk).update(low_stock_at=400)
    stock.reserve([line(pepsi, 99, 1)], actor=retailer.actor)
    assert not Event.objects.filter(verb="catalog.stock_low").exists()
    stock.reserve([line(pepsi, 1, 2)], actor=retailer.actor)
    stock.reserve([line(pepsi, 50, 3)], actor=retailer.actor)
    low = Event.objects.get(verb="catalog.stock_low")
    assert (low.subject, low.facts) == (pepsi.reference, {"available": 400, "low_stock_at": 400})
    assert Stock.objects.get(product=pepsi).is_low

    stock.adjust(pepsi, change=1000, reason="delivery", actor=vendor.actor)
    assert not Stock.objects.get(product=pepsi).is_low
    stock.adjust(pepsi, on_hand=300, reason="stocktake", actor=vendor.actor)
    assert Event.objects.filter(verb="catalog.stock_low").count() == 2


def test_a_change_is_added_and_a_count_is_set(pepsi: Product, vendor: Person) -> None:
    assert stock.adjust(pepsi, change=-5, reason="damaged", actor=vendor.actor).on_hand == 495
    assert stock.adjust(pepsi, change=10, reason="came in", actor=vendor.actor).on_hand == 505
    assert stock.adjust(pepsi, on_hand=450, reason="stocktake", actor=vendor.actor).on_hand == 450
    assert counters(pepsi) == (450, 0)
    kinds = list(StockMovement.objects.filter(product=pepsi).order_by("pk").values_list("kind", "on_hand_change"))
    assert kinds == [("received", 500), ("adjusted", -5), ("received", 10), ("adjusted", -55)]
    assert Event.objects.filter(verb="catalog.stock_adjusted", subject=pepsi.reference).count() == 3


def test_a_count_that_changes_nothing_writes_nothing(pepsi: Product, vendor: Person) -> None:
    stock.adjust(pepsi, on_hand=500, reason="stocktake", actor=vendor.actor)
    assert StockMovement.objects.filter(product=pepsi).count() == 1


@pytest.mark.parametrize("figures", [{"change": -401}, {"on_hand": 99}])
def test_refuses_to_go_below_what_is_reserved(pepsi: Product, vendor: Person, retailer: Person, figures: dict[str, int]) -> None:
    stock.reserve([line(pepsi, 100)], actor=retailer.actor)
    with pytest.raises(ReservedStock):
        stock.adjust(pepsi, reason="stocktake", actor=vendor.actor, **figures)
    assert counters(pepsi) == (500, 100)


@pytest.mark.parametrize("figures", [{"change": -501}, {"on_hand": -1}, {"change": 10_000_000}, {"on_hand": 10_000_001}])
def test_refuses_a_stock_below_zero_or_beyond_ten_million(pepsi: Product, vendor: Person, figures: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        stock.adjust(pepsi, reason="stocktake", actor=vendor.actor, **figures)
    assert counters(pepsi) == (500, 0)
