"""The first page after signing in: by role, with the company's own figures only, at a fixed price."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aqad.core import clock
from aqad.dashboard import summaries
from catalog.models import Product
from tests import cast
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def page(person: Person, address: str = "/dashboard") -> str:
    answer = browser(person).get(address)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def queries(person: Person, address: str = "/dashboard") -> int:
    client = browser(person)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def joined(vendor: Person, *, days_ago: int) -> date:
    company = vendor.of.company
    company.created_at = clock.now() - timedelta(days=days_ago)
    company.save(update_fields=["created_at"])
    return timezone.localdate(company.created_at)


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of, price=Decimal("48.00"))


def test_a_vendor_sees_sales_what_waits_and_what_runs_low(vendor: Person, retailer: Person, pepsi: Product) -> None:
    low = ProductFactory(vendor=vendor.of, name="Nearly gone", slug="low", low_stock_at=50, on_hand=3)
    waiting = an_order(retailer.of, pepsi, quantity=10)
    late = an_order(retailer.of, pepsi, quantity=1, accept_by=clock.now() - timedelta(minutes=1))
    shown = page(vendor)
    for words in ("554.40", "Sales by day", "Pepsi 330ml", "Nearly gone", waiting.reference, late.reference, "Overdue", 'role="img"'):
        assert words in shown
    assert f"/vendor/products/{low.reference}/stock" in shown


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_vendor_chooses_the_period(vendor: Person, retailer: Person, pepsi: Product, days: int) -> None:
    joined(vendor, days_ago=2 * days - 1)
    an_order(retailer.of, pepsi, quantity=10, status="completed", created_at=clock.now() - timedelta(days=days - 1))
    an_order(retailer.of, pepsi, quantity=20, status="completed", created_at=clock.now() - timedelta(days=days))
    shown = page(vendor, f"/dashboard?days={days}")
    assert "504.00" in shown
    assert f"50% less than in the {days} days before" in shown
    assert shown.count('class="bar"') == days


def test_sales_are_not_compared_with_days_before_the_vendor_came(vendor: Person, retailer: Person, pepsi: Product) -> None:
    an_order(retailer.of, pepsi, quantity=10, status="completed")
    an_order(retailer.of, pepsi, quantity=1, status="completed", created_at=clock.now() - timedelta(days=10))
    since = joined(vendor, days_ago=13)
    assert "900% more than in the 7 days before" in page(vendor, "/dashboard?days=7")
    assert f"On AQAD since {since:%-d %B %Y}: no 30 days before to compare with" in page(vendor)


@pytest.mark.parametrize("query", ["days=5", "days=", "weeks=2"])
def test_refuses_a_period_that_is_not_offered(vendor: Person, query: str) -> None:
    assert browser(vendor).get(f"/dashboard?{query}").status_code == 422


def test_a_retailer_sees_spend_open_orders_and_what_to_buy_again(vendor: Person, retailer: Person, pepsi: Product) -> None:
    multiple = ProductFactory(vendor=vendor.of, name="Cola", slug="cola", order_multiple=6, min_order_quantity=6)
    an_order(retailer.of, pepsi, quantity=10, status="completed")
    open_order = an_order(retailer.of, multiple, quantity=7, status="processing")
    Product.objects.filter(pk=pepsi.pk).update(price=Decimal("51.00"))
    shown = page(retailer)
    for words in ("Spend by week", open_order.reference, "Step 3 of 7", "51.00", f"/cart/items/{pepsi.reference}"):
        assert words in shown
    assert 'step="6"' in shown
    assert 'value="12"' in shown


def test_only_what_is_on_sale_is_offered_again(vendor: Person, retailer: Person, pepsi: Product) -> None:
    an_order(retailer.of, pepsi, status="completed")
    Product.objects.filter(pk=pepsi.pk).update(status="archived")
    assert f"/cart/items/{pepsi.reference}" not in page(retailer)


def test_what_to_buy_again_is_looked_for_in_the_newest_orders(
    vendor: Person, retailer: Person, pepsi: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "LOOKED_BACK", 2)
    monkeypatch.setattr(summaries.habits_of, "_known", {})  # nor anything put into words before
    cola = ProductFactory(vendor=vendor.of, name="Cola", slug="cola")
    for product in (pepsi, pepsi, pepsi, cola, cola):
        an_order(retailer.of, product, status="completed")
    an_order(retailer.of, pepsi, status="cancelled")
    shown = page(retailer)
    assert f"/cart/items/{cola.reference}" in shown
    assert f"/cart/items/{pepsi.reference}" not in shown


def test_what_is_off_sale_takes_no_place_of_what_can_be_bought_again(
    vendor: Person, retailer: Person, pepsi: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "TOP", 1)
    cola = ProductFactory(vendor=vendor.of, name="Cola", slug="cola")
    for product in (pepsi, pepsi, cola):
        an_order(retailer.of, product, status="completed")
    Product.objects.filter(pk=pepsi.pk).update(status="archived")
    assert f"/cart/items/{cola.reference}" in page(retailer)


def test_an_empty_page_says_what_to_do(vendor: Person, retailer: Person) -> None:
    assert "Nothing waits" in page(vendor)
    assert "Nothing is under way" in page(retailer)


def test_nothing_of_another_company_is_shown(
    vendor: Person, retailer: Person, rival_vendor: Person, rival_retailer: Person, pepsi: Product
) -> None:
    order = an_order(retailer.of, pepsi)
    for person in (rival_vendor, rival_retailer):
        shown = page(person)
        assert order.reference not in shown
        assert "Pepsi" not in shown


def test_others_are_sent_to_where_they_work(driver: Person, dispatcher: Person, staff: Person) -> None:
    for person, place in ((driver, "/deliveries"), (dispatcher, "/deliveries/board"), (staff, "/admin/")):
        assert browser(person).get("/dashboard").headers["Location"] == place
    assert Client().get("/dashboard").headers["Location"].startswith("/sign-in")


def test_asks_the_database_equally_often_whatever_there_is(vendor: Person, retailer: Person) -> None:
    joined(vendor, days_ago=90)
    counts: dict[str, Any] = {"vendor": [], "retailer": []}
    for number in (3, 17):
        for _ in range(number):
            product = ProductFactory(vendor=vendor.of, low_stock_at=1000)
            for status in ("pending", "completed"):
                an_order(retailer.of, product, status=status)
        counts["vendor"].append(queries(vendor))
        counts["retailer"].append(queries(retailer))
    assert counts["vendor"][0] == counts["vendor"][1]
    assert counts["retailer"][0] == counts["retailer"][1]


def test_a_member_of_the_company_sees_the_same(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert order.reference in page(cast.member(vendor.of, "member"))
