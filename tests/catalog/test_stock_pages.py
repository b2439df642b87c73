"""The stock of a product in the browser: three figures, two forms, one ledger."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.models import Product, Stock, StockMovement
from tests.cast import Person
from tests.catalog.test_own_product_pages import text, told, value
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture
def browser(vendor: Person) -> Client:
    client = Client()
    client.force_login(vendor.user)
    return client


@pytest.fixture
def pepsi(vendor: Person, retailer: Person) -> Product:
    """500 on hand, 100 of them reserved."""
    product = ProductFactory(vendor=vendor.of)
    stock.reserve([StockLine(product.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    return product


def page_of(product: Product, *parts: str) -> str:
    return "/".join([f"/vendor/products/{product.reference}/stock", *parts])


def test_shows_the_figures_and_the_ledger_newest_first(browser: Client, vendor: Person, retailer: Person, pepsi: Product) -> None:
    stock.adjust(pepsi, change=-5, reason="Damaged", actor=vendor.actor)
    answer = browser.get(page_of(pepsi))
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", answer.content.decode(), re.DOTALL)]
    assert re.search(r"On hand 495 .* Reserved 100 .* Can be ordered 395 ", text(answer))
    assert [row.split(" ", 4)[4] for row in rows[1:]] == [
        f"Adjusted \u22125 Damaged Vendor {vendor.of.reference}",
        f"Reserved +100 ORD1001 Retailer {retailer.of.reference}",
        "Received +500 System tests",
    ]
    assert 'href="/orders/ORD1001"' in answer.content.decode()


def test_stock_comes_in_and_is_counted(browser: Client, pepsi: Product) -> None:
    answer = browser.post(page_of(pepsi), {"change": "24", "reason": "Delivery came in"})
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(pepsi))
    assert told(answer) == ["524 on hand, 100 reserved, 424 can be ordered."]
    assert browser.post(page_of(pepsi, "count"), {"on_hand": "510", "reason": "Stocktake"}).status_code == 302
    assert Stock.objects.get().on_hand == 510
    kinds = StockMovement.objects.order_by("pk").values_list("kind", "on_hand_change", "reason")
    assert list(kinds)[-2:] == [("received", 24, "Delivery came in"), ("adjusted", -14, "Stocktake")]


def test_a_form_that_is_sent_twice_counts_once(browser: Client, pepsi: Product) -> None:
    key = re.search(r'name="idempotency_key" value="([^"]+)"', browser.get(page_of(pepsi)).content.decode())
    assert key
    form = {"change": "-5", "reason": "Damaged", "idempotency_key": key[1]}
    assert [browser.post(page_of(pepsi), form).status_code for _ in range(2)] == [302, 302]
    assert Stock.objects.get().on_hand == 495


@pytest.mark.parametrize(
    ("parts", "form"), [((), {"change": "-401", "reason": "Damaged"}), (("count",), {"on_hand": "99", "reason": "Stocktake"})]
)
def test_below_what_is_reserved_is_refused_in_words(browser: Client, pepsi: Product, parts: tuple[str, ...], form: dict[str, str]) -> None:
    answer = browser.post(page_of(pepsi, *parts), form)
    assert answer.status_code == 409
    assert "Orders hold more than that; the stock cannot go below what is reserved." in text(answer)
    for name, typed in form.items():
        assert f'name="{name}"' in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode()
    assert Stock.objects.get().on_hand == 500


@pytest.mark.parametrize(
    ("parts", "form", "field"),
    [
        ((), {"change": "", "reason": "x"}, "change-number"),
        ((), {"change": "0", "reason": "x"}, "change-number"),
        ((), {"change": "1.5", "reason": "x"}, "change-number"),
        ((), {"change": "5", "reason": ""}, "change-reason"),
        (("count",), {"on_hand": "-1", "reason": "x"}, "count-number"),
        (("count",), {"on_hand": "", "reason": "x"}, "count-number"),
        (("count",), {"on_hand": "9", "reason": " "}, "count-reason"),
    ],
)
def test_a_wrong_figure_is_told_at_its_field(
    browser: Client, pepsi: Product, parts: tuple[str, ...], form: dict[str, str], field: str
) -> None:
    answer = browser.post(page_of(pepsi, *parts), form)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.content.decode()
    assert answer.content.decode().count('-wrong">') == 1
    assert StockMovement.objects.count() == 2


def test_the_ledger_costs_the_same_however_long_it_is(browser: Client, vendor: Person, pepsi: Product) -> None:
    counted: list[Any] = []
    for more in (1, 30):
        for _ in range(more):
            stock.adjust(pepsi, change=1, reason="came in", actor=vendor.actor)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page_of(pepsi)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert "Page 2 of 2" in text(browser.get(f"{page_of(pepsi)}?page=2"))
    assert value(browser.get(page_of(pepsi)), "change") == ""
