"""What many do to one stock row at once, on either database. Whole orders race over HTTP in tests/races."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import connections, transaction
from django.db.models import Sum

from aqad.core.actor import Actor
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.models import Product, Stock, StockMovement
from tests import cast
from tests.factories.goods import ProductFactory
from tests.proof.threads import together

pytestmark = [pytest.mark.embedded, pytest.mark.django_db(transaction=True)]
BUYERS = 50
BUYER = Actor.system("race")


@pytest.fixture
def product() -> Product:
    return ProductFactory(vendor=cast.a_vendor().of, on_hand=10)


def assert_agree(product: Product) -> Stock:
    row = Stock.objects.get(product=product)
    sums = StockMovement.objects.filter(product=product).aggregate(a=Sum("on_hand_change"), b=Sum("reserved_change"))
    assert (row.on_hand, row.reserved) == (sums["a"], sums["b"])
    return row


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

    together(*[partial(unguarded, which) for which in range(BUYERS)])
    assert StockMovement.objects.filter(kind="reserved").count() > 10


def test_a_line_released_and_dispatched_by_many_at_once_ends_once(product: Product) -> None:
    line = [StockLine(product.pk, 4, 1, "ORD1")]
    stock.reserve(line, actor=BUYER)

    def end(which: int) -> None:
        with transaction.atomic():
            (stock.release if which % 2 else stock.dispatch)(line, actor=BUYER)

    assert together(*[partial(end, which) for which in range(12)]) == [None] * 12
    row = assert_agree(product)
    assert (row.on_hand, row.reserved) in {(10, 0), (6, 0)}
    assert StockMovement.objects.filter(kind__in=["released", "dispatched"]).count() == 1


def test_a_buyer_who_gives_up_gives_everything_back(product: Product) -> None:
    with transaction.atomic():
        stock.reserve([StockLine(product.pk, 10, 1, "ORD1")], actor=BUYER)
        transaction.set_rollback(True)
    assert assert_agree(product).reserved == 0
