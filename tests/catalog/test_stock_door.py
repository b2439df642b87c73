"""POST /api/products/P1001/stock, its ledger, and the command that compares the two."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.core.invariants import violations
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.models import Product, Stock, StockMovement
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = pytest.mark.embedded


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def post(client: APIClient, product: Product, body: dict[str, Any], **headers: Any) -> Any:
    return client.post(f"/api/products/{product.reference}/stock", body, format="json", **headers)


def test_a_vendor_takes_damaged_goods_off_and_counts_its_shelf(vendor: Person, retailer: Person, pepsi: Product) -> None:
    stock.reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    assert post(vendor.api, pepsi, {"change": -5, "reason": "damaged"}).json() == {"on_hand": 495, "reserved": 100, "available": 395}
    assert post(vendor.api, pepsi, {"on_hand": 500, "reason": "stocktake"}).json() == {"on_hand": 500, "reserved": 100, "available": 400}
    short = post(vendor.api, pepsi, {"on_hand": 99, "reason": "stocktake"})
    assert (short.status_code, short.json()["code"]) == (409, "conflict")
    assert Stock.objects.get(product=pepsi).on_hand == 500


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "x"}, "change"),
        ({"change": 1, "on_hand": 1, "reason": "x"}, "change"),
        ({"change": 0, "reason": "x"}, "change"),
        ({"change": "5", "reason": "x"}, "change"),
        ({"change": 1.0, "reason": "x"}, "change"),
        ({"change": True, "reason": "x"}, "change"),
        ({"change": 2**31, "reason": "x"}, "change"),
        ({"change": 10_000_000, "reason": "x"}, "change"),
        ({"change": -501, "reason": "x"}, "change"),
        ({"on_hand": -1, "reason": "x"}, "on_hand"),
        ({"on_hand": 10_000_001, "reason": "x"}, "on_hand"),
        ({"change": 1}, "reason"),
        ({"change": 1, "reason": ""}, "reason"),
        ({"change": 1, "reason": "x" * 501}, "reason"),
        ({"change": 1, "reason": "x", "reserved": 0}, "reserved"),
    ],
)
def test_refuses_a_figure_that_cannot_be(vendor: Person, pepsi: Product, body: dict[str, Any], field: str) -> None:
    answer = post(vendor.api, pepsi, body)
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]
    assert Stock.objects.get(product=pepsi).on_hand == 500
    assert StockMovement.objects.count() == 1


def test_the_same_key_changes_the_stock_once(vendor: Person, pepsi: Product) -> None:
    for replayed in (None, "true"):
        answer = post(vendor.api, pepsi, {"change": -5, "reason": "damaged"}, HTTP_IDEMPOTENCY_KEY="damage-1")
        assert (answer.json()["on_hand"], answer.headers.get("Idempotency-Replayed")) == (495, replayed)
    other = post(vendor.api, pepsi, {"change": -6, "reason": "damaged"}, HTTP_IDEMPOTENCY_KEY="damage-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert post(vendor.api, pepsi, {"change": -5, "reason": "x"}, HTTP_IDEMPOTENCY_KEY="é").status_code == 400


def test_only_the_vendor_writes_stock_and_only_it_and_staff_read_the_ledger(
    vendor: Person, rival_vendor: Person, retailer: Person, staff: Person, stranger: APIClient, pepsi: Product
) -> None:
    clients = [rival_vendor.api, retailer.api, staff.api, stranger]
    assert [post(client, pepsi, {"change": 1, "reason": "x"}).status_code for client in clients] == [404, 403, 403, 401]
    path = f"/api/products/{pepsi.reference}/stock/movements"
    assert [client.get(path).status_code for client in (vendor.api, *clients)] == [200, 404, 403, 200, 401]


def test_the_ledger_is_read_newest_first(vendor: Person, retailer: Person, pepsi: Product) -> None:
    stock.reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    post(vendor.api, pepsi, {"change": -5, "reason": "damaged"})
    rows = vendor.api.get(f"/api/products/{pepsi.reference}/stock/movements").json()["results"]
    told = [(row["kind"], row["on_hand_change"], row["reserved_change"], row["reason"], row["order"]) for row in rows]
    assert told == [("adjusted", -5, 0, "damaged", None), ("reserved", 0, 100, "", "ORD1001"), ("received", 500, 0, "", None)]
    assert rows[0]["actor"] == f"Vendor {vendor.of.reference}"


def test_the_ledger_costs_the_same_however_long_it_is(vendor: Person, pepsi: Product, django_assert_num_queries: Any) -> None:
    client = vendor.api
    for number in (0, 30):
        for _ in range(number):
            stock.adjust(pepsi, change=1, reason="came in", actor=vendor.actor)
        with django_assert_num_queries(4):  # the caller, the product, the page, the count
            client.get(f"/api/products/{pepsi.reference}/stock/movements?limit=100")


def reconciled(**options: Any) -> tuple[str, bool]:
    """What the command writes, and whether it ended well."""
    out = io.StringIO()
    try:
        call_command("reconcile_stock", stdout=out, **options)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


def test_says_nothing_is_wrong_when_counters_and_ledger_agree(pepsi: Product, retailer: Person) -> None:
    stock.reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    assert reconciled()[1]
    assert [rows for name, rows in violations() if name.startswith(("S1", "S2", "S4")) and rows] == []


def test_says_where_counters_and_ledger_disagree_and_mends_it_when_told(pepsi: Product, vendor: Person) -> None:
    lost = ProductFactory(vendor=vendor.of, on_hand=20)
    Stock.objects.filter(product=pepsi).update(on_hand=480, reserved=3)
    Stock.objects.filter(product=lost).delete()
    said, well = reconciled()
    assert not well
    assert f"{pepsi.reference}: counters 480 on hand, 3 reserved; ledger 500 on hand, 0 reserved" in said
    assert f"{lost.reference}: counters no stock row" in said
    assert Stock.objects.get(product=pepsi).on_hand == 480
    assert len(dict(violations())["S2 counters equal the ledger"]) == 2

    assert reconciled(apply=True)[1]
    assert (Stock.objects.get(product=pepsi).on_hand, Stock.objects.get(product=lost).on_hand) == (500, 20)
    assert Event.objects.get(verb="catalog.stock_reconciled", subject=pepsi.reference).facts == {"before": [480, 3], "after": [500, 0]}
    assert reconciled()[1]


def test_a_ledger_that_cannot_be_right_is_left_to_people(pepsi: Product) -> None:
    StockMovement.objects.create(product=pepsi, kind="adjusted", on_hand_change=-600, actor="x")
    said, well = reconciled(apply=True)
    assert not well
    assert "the ledger itself cannot be right" in said
    assert Stock.objects.get(product=pepsi).on_hand == 500


def test_a_line_that_ended_with_stock_still_reserved_is_found(pepsi: Product, retailer: Person) -> None:
    stock.reserve([StockLine(pepsi.pk, 100, 1, "ORD1001")], actor=retailer.actor)
    stock.release([StockLine(pepsi.pk, 60, 1, "ORD1001")], actor=retailer.actor)
    assert dict(violations())["S4 what ends is what was reserved"] == ["line 1 ended with 40 still reserved"]
