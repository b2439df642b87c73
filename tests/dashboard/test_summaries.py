"""What a vendor sold and a retailer spent, by the UAE's days, within one's own company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.core import clock
from catalog.models import Product
from orders.statuses import OrderStatus
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NOON = datetime(2026, 3, 4, 8, tzinfo=UTC)  # in the UAE
PERIOD = "?from=2026-03-03&to=2026-03-05"


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of, price=Decimal("48.00"))


def summary(person: Person, query: str = PERIOD) -> Any:
    role = "vendor" if person.company and person.company.kind == "vendor" else "retailer"
    answer = person.api.get(f"/api/{role}/summary{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_sums_up_sales_and_spend_by_day_product_and_state(vendor: Person, retailer: Person, pepsi: Product) -> None:
    cola = ProductFactory(vendor=vendor.of, name="Cola", slug="cola", price=Decimal("10.00"))
    an_order(retailer.of, pepsi, quantity=10, created_at=NOON)
    an_order(retailer.of, pepsi, quantity=5, status="completed", created_at=NOON)
    an_order(retailer.of, cola, quantity=1, status="processing", method="cash_on_delivery", created_at=NOON + timedelta(days=1))
    an_order(retailer.of, pepsi, quantity=90, status="rejected", created_at=NOON)
    an_order(retailer.of, pepsi, quantity=90, status="returned", created_at=NOON)
    for person in (vendor, retailer):
        body = summary(person)
        assert (body["from"], body["to"], body["currency"]) == ("2026-03-03", "2026-03-05", "AED")
        assert (body["total"], body["orders"]) == ("766.50", 3)
        assert body["by_day"] == [
            {"date": "2026-03-03", "amount": "0.00", "orders": 0},
            {"date": "2026-03-04", "amount": "756.00", "orders": 2},
            {"date": "2026-03-05", "amount": "10.50", "orders": 1},
        ]
        assert body["top_products"] == [
            {"id": pepsi.reference, "name": "Pepsi 330ml", "quantity": 15, "amount": "720.00"},
            {"id": cola.reference, "name": "Cola", "quantity": 1, "amount": "10.00"},
        ]
        expected = {"pending": 1, "completed": 1, "processing": 1, "rejected": 1, "returned": 1}
        assert body["by_status"] == {status: expected.get(status, 0) for status in OrderStatus.values}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 3, 19, 59, 59, tzinfo=UTC), "2026-03-03"),
        (datetime(2026, 3, 3, 20, 0, tzinfo=UTC), "2026-03-04"),
        (datetime(2026, 3, 4, 19, 59, 59, 999999, tzinfo=UTC), "2026-03-04"),
        (datetime(2026, 3, 4, 20, 0, tzinfo=UTC), "2026-03-05"),
    ],
)
def test_a_day_begins_and_ends_in_the_uae(vendor: Person, retailer: Person, pepsi: Product, moment: datetime, day: str) -> None:
    an_order(retailer.of, pepsi, quantity=1, created_at=moment)
    assert [one["date"] for one in summary(vendor)["by_day"] if one["orders"]] == [day]
    inside = summary(vendor, "?from=2026-03-04&to=2026-03-04")
    assert inside["orders"] == (1 if day == "2026-03-04" else 0)
    assert inside["by_status"]["pending"] == inside["orders"]


def test_an_order_that_the_vendor_has_not_seen_is_none_of_its_figures(vendor: Person, retailer: Person, pepsi: Product) -> None:
    an_order(retailer.of, pepsi, status="pending_payment", created_at=NOON)
    assert summary(vendor)["by_status"]["pending_payment"] == 0
    assert summary(retailer)["by_status"]["pending_payment"] == 1
    assert summary(retailer)["total"] == "0.00"


def test_others_see_nothing_of_it(
    retailer: Person, rival_vendor: Person, rival_retailer: Person, driver: Person, staff: Person, stranger: Any, pepsi: Product
) -> None:
    an_order(retailer.of, pepsi, created_at=NOON)
    for person in (rival_vendor, rival_retailer):
        body = summary(person)
        assert (body["orders"], body["top_products"], sum(body["by_status"].values())) == (0, [], 0)
    for path in ("/api/vendor/summary", "/api/retailer/summary"):
        assert stranger.get(path).status_code == 401
        assert driver.api.get(path).status_code == staff.api.get(path).status_code == 403
    assert retailer.api.get("/api/vendor/summary").status_code == 403
    assert rival_vendor.api.get("/api/retailer/summary").status_code == 403


def test_covers_thirty_days_unless_told(vendor: Person) -> None:
    with clock.living_at(datetime(2026, 3, 4, 21, tzinfo=UTC)):
        body = summary(vendor, "")
    assert (body["from"], body["to"], len(body["by_day"])) == ("2026-02-04", "2026-03-05", 30)


def test_names_what_runs_low_scarcest_first(vendor: Person, rival_vendor: Person) -> None:
    low, lower = (
        ProductFactory(vendor=vendor.of, name=name, slug=name, low_stock_at=50, on_hand=left) for name, left in (("low", 50), ("lower", 3))
    )
    ProductFactory(vendor=vendor.of, low_stock_at=50, on_hand=51)
    ProductFactory(vendor=vendor.of, on_hand=0)
    ProductFactory(vendor=vendor.of, low_stock_at=50, on_hand=0, status="archived")
    ProductFactory(vendor=rival_vendor.of, low_stock_at=50, on_hand=0)
    assert summary(vendor)["low_stock"] == [
        {"id": lower.reference, "name": "lower", "available": 3, "low_stock_at": 50},
        {"id": low.reference, "name": "low", "available": 50, "low_stock_at": 50},
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?from=04.03.2026", "from"),
        ("?from=2026-02-30", "from"),
        ("?to=2026-3-4", "to"),
        ("?to=٢٠٢٦-٠٣-٠٤", "to"),
        ("?from=", "from"),
        ("?from=2026-03-05&to=2026-03-04", "from"),
        ("?from=2024-01-01&to=2026-01-01", "from"),
        ("?to=9999-12-31&from=9999-12-31", "to"),
        ("?from=0001-01-01&to=0001-01-01", "from"),
        ("?page=1", "page"),
        ("?from=2026-03-04&from=2026-03-05", "from"),
    ],
)
def test_refuses_periods_that_are_none(vendor: Person, query: str, field: str) -> None:
    answer = vendor.api.get(f"/api/vendor/summary{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert field in answer.json()["errors"]


def test_more_orders_need_no_more_queries(vendor: Person, retailer: Person, pepsi: Product, django_assert_num_queries: Any) -> None:
    an_order(retailer.of, pepsi, created_at=NOON)
    summary(vendor)
    with CaptureQueriesContext(connection) as few:
        summary(vendor)
    for number in range(5):
        other = ProductFactory(vendor=vendor.of, slug=f"p{number}", low_stock_at=900)
        an_order(retailer.of, other, created_at=NOON + timedelta(days=number % 2))
    with django_assert_num_queries(len(few)):
        assert summary(vendor)["orders"] == 6
