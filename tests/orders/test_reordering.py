"""Ordering the same again fills the cart, and says what can't be had and what costs another price."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, Stock
from orders.models import CartItem, OrderLine
from orders.statuses import OrderStatus
from tests.cast import Person
from tests.factories.deals import a_payment, an_order
from tests.factories.goods import ProductFactory
from tests.orders.given import post
from tests.orders.test_cart import put

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize("status", OrderStatus.values)
def test_the_lines_of_an_order_in_any_state_go_back_into_the_cart(retailer: Person, pepsi: Product, status: str) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    answer = post(retailer, f"/api/orders/{order.reference}/reorder")
    assert answer.status_code == 200
    cart = answer.json()
    assert [(line["product"]["id"], line["quantity"]) for line in cart["items"]] == [(pepsi.reference, 10)]
    assert (cart["skipped"], cart["changed"], cart["total"]) == ([], [], "504.00")
    order.refresh_from_db()
    assert order.status == status


def test_all_orders_of_a_payment_go_back_at_once(retailer: Person, pepsi: Product, cola: Product) -> None:
    payment = a_payment(retailer.of, 1000)
    an_order(retailer.of, pepsi, payment=payment, status="failed")
    an_order(retailer.of, cola, payment=payment, status="failed")
    cart = post(retailer, f"/api/payments/{payment.reference}/reorder").json()
    assert [line["product"]["id"] for line in cart["items"]] == [pepsi.reference, cola.reference]


def test_says_what_cannot_be_had_and_why(retailer: Person, pepsi: Product, cola: Product) -> None:
    payment = a_payment(retailer.of, 1000)
    for product in (pepsi, cola):
        an_order(retailer.of, product, payment=payment, status="completed")
    Product.objects.filter(pk=pepsi.pk).update(status="archived", name="Renamed")
    Stock.objects.filter(product=cola).update(on_hand=0, reserved=0)
    cart = post(retailer, f"/api/payments/{payment.reference}/reorder").json()
    assert cart["items"] == []
    assert cart["skipped"] == [
        {"product": pepsi.reference, "name": "Pepsi 330ml", "quantity": 10, "reason": "unavailable"},
        {"product": cola.reference, "name": "Cola 330ml", "quantity": 10, "reason": "insufficient_stock"},
    ]


def test_says_what_costs_another_price(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    Product.objects.update(price="50.00")
    cart = post(retailer, f"/api/orders/{order.reference}/reorder").json()
    assert cart["changed"] == [{"product": pepsi.reference, "name": "Pepsi 330ml", "old_price": "48.00", "price": "50.00"}]
    assert cart["items"][0]["line_total"] == "500.00"


def test_repeating_it_adds_nothing_and_takes_nothing_away(retailer: Person, pepsi: Product, cola: Product) -> None:
    order = an_order(retailer.of, pepsi)
    put(retailer, cola, 3)
    for _ in range(2):
        cart = post(retailer, f"/api/orders/{order.reference}/reorder").json()
        assert [(line["product"]["id"], line["quantity"]) for line in cart["items"]] == [(cola.reference, 3), (pepsi.reference, 10)]
    put(retailer, pepsi, 25)
    assert post(retailer, f"/api/orders/{order.reference}/reorder").json()["items"][1]["quantity"] == 25


def test_only_its_retailer_reorders(retailer: Person, rival_retailer: Person, vendor: Person, staff: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    for path in (f"/api/orders/{order.reference}/reorder", f"/api/payments/{order.payment.reference}/reorder"):
        for who, status in ((rival_retailer, 404), (vendor, 403), (staff, 403)):
            assert post(who, path).status_code == status
    assert not CartItem.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_lines(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)

    def queries() -> int:
        CartItem.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            assert post(retailer, f"/api/orders/{order.reference}/reorder").status_code == 200
        return len(asked)

    queries()
    few = queries()
    line: dict[str, Any] = OrderLine.objects.values("name", "unit", "quantity", "unit_price", "vat_rate", "line_total", "vat").get()
    for _ in range(20):
        OrderLine.objects.create(order=order, product=ProductFactory(vendor=vendor.of), **line)
    assert queries() == few
