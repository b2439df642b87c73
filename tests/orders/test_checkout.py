"""Checking out: one order per vendor under one payment, all or nothing, and the cart is empty."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aqad.retailers.models import Address
from catalog.models import Product
from orders.models import CartItem, Order
from orders.statuses import OrderStatus
from payments.models import Payment
from tests.cast import Person, a_vendor
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.orders.given import broken_promises, post, shelf, traces
from tests.orders.test_cart import put

pytestmark = pytest.mark.embedded


@pytest.fixture
def cart(retailer: Person, pepsi: Product, cola: Product) -> None:
    """10 Pepsi and 20 Cola of another vendor: 504.00 + 766.50 AED."""
    put(retailer, pepsi, 10)
    put(retailer, cola, 20)


@pytest.fixture
def terms(address: Address) -> dict[str, Any]:
    return {"address": address.pk, "payment_method": "card"}


@pytest.mark.parametrize(("method", "status"), [("card", "pending_payment"), ("cash_on_delivery", "pending")])
def test_makes_one_order_per_vendor_under_one_payment(
    retailer: Person, vendor: Person, rival_vendor: Person, pepsi: Product, cola: Product, cart: None, terms: Any, method: str, status: str
) -> None:
    answer = post(retailer, "/api/checkout", {**terms, "payment_method": method, "notes": "Gate B", "expected_total": "1270.50"})
    assert answer.status_code == 201
    orders, payment = answer.json()["orders"], answer.json()["payment"]
    assert [(order["vendor"]["id"], order["total"], order["status"], order["notes"]) for order in orders] == [
        (vendor.of.reference, "504.00", status, "Gate B"),
        (rival_vendor.of.reference, "766.50", status, "Gate B"),
    ]
    assert {order["payment"]["id"] for order in orders} == {payment["id"]}
    assert (payment["amount"], payment["status"], payment["orders"]) == ("1270.50", "unpaid", [order["id"] for order in orders])
    assert payment == retailer.api.get(f"/api/payments/{payment['id']}").json()
    assert (shelf(pepsi), shelf(cola)) == ((500, 10), (200, 20))
    assert retailer.api.get("/api/cart").json()["items"] == []
    assert not broken_promises()


def test_is_all_or_nothing(retailer: Person, pepsi: Product, cola: Product, cart: None, terms: Any) -> None:
    put(retailer, cola, 201)
    before = traces()
    answer = post(retailer, "/api/checkout", terms)
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_stock")
    assert answer.json()["items"] == [{"product": cola.reference, "requested": 201, "available": 200}]
    assert traces() == before
    assert CartItem.objects.count() == 2


def test_refuses_an_empty_cart(retailer: Person, terms: Any) -> None:
    before = traces()
    answer = post(retailer, "/api/checkout", terms)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"items": ["There is nothing to order."]})
    assert traces() == before


def test_refuses_what_is_not_for_sale_any_more_and_names_the_line(retailer: Person, cola: Product, cart: None, terms: Any) -> None:
    Product.objects.filter(pk=cola.pk).update(status="archived")
    before = traces()
    answer = post(retailer, "/api/checkout", terms)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"items.1.product": [f"{cola.reference} is not for sale."]})
    assert traces() == before
    assert CartItem.objects.count() == 2


def test_names_every_vendor_that_does_not_agree(retailer: Person, vendor: Person, rival_vendor: Person, cart: None, terms: Any) -> None:
    vendor.of.minimum_order_value = "500.00"
    vendor.of.save()
    rival_vendor.of.delivers_to = ["Ajman"]
    rival_vendor.of.save()
    before = traces()
    answer = post(retailer, "/api/checkout", terms)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"items", "address"}
    assert "20.00 AED are missing" in answer.json()["errors"]["items"][0]
    assert traces() == before


def test_refuses_when_prices_have_changed(retailer: Person, pepsi: Product, cart: None, terms: Any) -> None:
    Product.objects.filter(pk=pepsi.pk).update(price="50.00")
    before = traces()
    answer = post(retailer, "/api/checkout", {**terms, "expected_total": "1270.50"})
    assert (answer.status_code, answer.json()["code"], answer.json()["total"]) == (409, "price_changed", "1291.50")
    assert [item["unit_price"] for item in answer.json()["items"]] == ["50.00", "36.50"]
    assert traces() == before


def test_counts_every_order_against_the_limit_of_unpaid_ones(retailer: Person, pepsi: Product, cart: None, terms: Any) -> None:
    for _ in range(19):
        an_order(retailer.of, pepsi, quantity=1, status=OrderStatus.PENDING_PAYMENT)
    before = traces()
    assert post(retailer, "/api/checkout", terms).json()["code"] == "conflict"
    assert traces() == before


def test_refuses_more_than_200_products_of_one_vendor(retailer: Person, pepsi: Product, terms: Any) -> None:
    put(retailer, pepsi, 1)
    others = [ProductFactory(vendor=pepsi.vendor) for _ in range(200)]
    CartItem.objects.bulk_create(CartItem(cart_id=retailer.of.pk, product=product, quantity=1) for product in others)
    before = traces()
    answer = post(retailer, "/api/checkout", terms)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"items": ["An order holds at most 200 products."]})
    assert traces() == before


def test_items_are_not_read_here(retailer: Person, cart: None, terms: Any) -> None:
    answer = post(retailer, "/api/checkout", {**terms, "items": []})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["items"])
    assert not Order.objects.exists()


def test_a_rivals_cart_stays_as_it_is(retailer: Person, rival_retailer: Person, pepsi: Product, cart: None, terms: Any) -> None:
    put(rival_retailer, pepsi, 3)
    post(retailer, "/api/checkout", terms)
    assert [line["quantity"] for line in rival_retailer.api.get("/api/cart").json()["items"]] == [3]
    assert Payment.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_lines(retailer: Person, terms: Any) -> None:
    sellers = [a_vendor("One"), a_vendor("Two")]

    def queries(lines: int) -> int:
        for seller in sellers:
            for _ in range(lines):
                put(retailer, ProductFactory(vendor=seller.of), 1)
        with CaptureQueriesContext(connection) as asked:
            assert post(retailer, "/api/checkout", terms).status_code == 201
        return len(asked) - sum(1 for query in asked if 'UPDATE "catalog_stock" SET "reserved"' in query["sql"])

    assert queries(1) == queries(15)
