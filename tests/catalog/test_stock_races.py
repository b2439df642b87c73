"""Fifty buyers want the last ten cartons at once, on either database; without the guard they get more than there are."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django.db.models import Sum

from aqad.core.actor import Actor
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.errors import InsufficientStock, ReservedStock
from catalog.models import Product, Stock, StockMovement
from tests import cast
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db(transaction=True)]
BUYERS = 50
BUYER = Actor.system("race")


@pytest.fixture
def product() -> Product:
    return ProductFactory(vendor=cast.a_vendor().of, on_hand=10)


def at_once(number: int, work: Callable[[int], None]) -> int:
    """Run `work` in so many threads that start together; how many were not refused."""
    start, done, failures = threading.Barrier(number), [], []

    def run(which: int) -> None:
        try:
            start.wait(timeout=60)
            work(which)
            done.append(which)
        except (InsufficientStock, ReservedStock):
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return len(done)


def assert_agree(product: Product) -> Stock:
    row = Stock.objects.get(product=product)
    sums = StockMovement.objects.filter(product=product).aggregate(a=Sum("on_hand_change"), b=Sum("reserved_change"))
    assert (row.on_hand, row.reserved) == (sums["a"], sums["b"])
    return row


def buy(product: Product) -> Callable[[int], None]:
    def one(which: int) -> None:
        with transaction.atomic():
            stock.reserve([StockLine(product.pk, 1, which + 1, f"ORD{which + 1}")], actor=BUYER)

    return one


def test_exactly_ten_of_fifty_buyers_get_the_last_ten(product: Product) -> None:
    assert at_once(BUYERS, buy(product)) == 10
    assert assert_agree(product).reserved == 10
    assert StockMovement.objects.filter(kind="reserved").count() == 10


def test_without_the_guard_more_are_sold_than_there_are(product: Product) -> None:
    """The control: check first, write later, as shops that oversell do."""
    looked = threading.Barrier(BUYERS)

    def unguarded(which: int) -> None:
        row = Stock.objects.get(product=product)
        connections.close_all()  # there are fewer connections than buyers
        looked.wait(timeout=60)
        if row.available >= 1:
            Stock.objects.filter(product=product).update(reserved=row.reserved + 1)
            StockMovement.objects.create(product=product, kind="reserved", reserved_change=1, line=which + 1, actor="x")

    at_once(BUYERS, unguarded)
    assert StockMovement.objects.filter(kind="reserved").count() > 10


def test_orders_that_name_products_in_any_order_do_not_lock_each_other_out(product: Product) -> None:
    others = [ProductFactory(vendor=product.vendor, on_hand=1000) for _ in range(4)]

    def mixed(which: int) -> None:
        chosen = others if which % 2 else others[::-1]
        lines = [StockLine(other.pk, 1, which * 10 + place, f"ORD{which}") for place, other in enumerate(chosen)]
        with transaction.atomic():
            stock.reserve(lines, actor=BUYER)

    assert at_once(20, mixed) == 20
    assert [assert_agree(other).reserved for other in others] == [20] * 4


def test_a_line_released_and_dispatched_by_many_at_once_ends_once(product: Product) -> None:
    line = [StockLine(product.pk, 4, 1, "ORD1")]
    stock.reserve(line, actor=BUYER)

    def end(which: int) -> None:
        with transaction.atomic():
            (stock.release if which % 2 else stock.dispatch)(line, actor=BUYER)

    assert at_once(12, end) == 12
    row = assert_agree(product)
    assert (row.on_hand, row.reserved) in {(10, 0), (6, 0)}
    assert StockMovement.objects.filter(kind__in=["released", "dispatched"]).count() == 1


def test_a_stocktake_during_orders_never_goes_below_what_is_reserved(product: Product) -> None:
    def one(which: int) -> None:
        if which % 5:
            buy(product)(which)
        else:
            stock.adjust(product, on_hand=5, reason="stocktake", actor=BUYER)

    at_once(25, one)
    row = assert_agree(product)
    assert 0 <= row.reserved <= row.on_hand


def test_the_same_product_in_several_lines_is_judged_by_its_sum(product: Product) -> None:
    def greedy(which: int) -> None:
        lines = [StockLine(product.pk, 6, which * 2 + part, f"ORD{which}") for part in (1, 2)]
        with transaction.atomic():
            stock.reserve(lines, actor=BUYER)

    assert at_once(5, greedy) == 0
    assert assert_agree(product).reserved == 0


def test_a_buyer_who_gives_up_gives_everything_back(product: Product) -> None:
    with transaction.atomic():
        stock.reserve([StockLine(product.pk, 10, 1, "ORD1")], actor=BUYER)
        transaction.set_rollback(True)
    assert assert_agree(product).reserved == 0
