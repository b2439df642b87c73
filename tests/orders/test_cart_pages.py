"""The cart as a page: filled, changed and emptied by forms; it says what stands in the way of ordering."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from orders.models import CartItem
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.orders.given import in_browser, text_of
from tests.orders.test_cart import put

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
BY_HTMX = {"HX-Request": "true", "HX-Target": "cart"}


@pytest.fixture
def browser(retailer: Person) -> Client:
    return in_browser(retailer)


def held() -> list[tuple[int, int]]:
    return list(CartItem.objects.order_by("added_at").values_list("product", "quantity"))


def test_an_empty_cart_says_what_to_do(browser: Client) -> None:
    page = text_of(browser.get("/cart"))
    assert "Your cart is empty" in page
    assert "Check out" not in page


def test_shows_goods_by_vendor_with_sums_and_leads_on(browser: Client, retailer: Person, pepsi: Product, cola: Product) -> None:
    put(retailer, pepsi, 10)
    put(retailer, cola, 20)
    page = text_of(browser.get("/cart"))
    assert page.index("Ahmed Foods LLC") < page.index("Pepsi 330ml") < page.index("Al Noor Trading") < page.index("Cola 330ml")
    for amount in ("480.00", "730.00", "1,210.00", "60.50", "1,270.50"):
        assert f"AED {amount}" in page
    assert '<a class="button" href="/checkout">Check out</a>' in page


def test_names_the_shortfall_and_holds_the_checkout_back(browser: Client, retailer: Person, vendor: Person, pepsi: Product) -> None:
    vendor.of.minimum_order_value = Decimal("600.00")
    vendor.of.save()
    put(retailer, pepsi, 10)
    page = text_of(browser.get("/cart"))
    assert "AED 120.00</bdi> more to order from Ahmed Foods LLC" in page
    assert "disabled" in page
    assert 'href="/checkout"' not in page


@pytest.mark.parametrize(
    ("change", "quantity", "words"),
    [
        ({"min_order_quantity": 12}, 11, "The smallest order is 12. Please order at least that many."),
        ({"min_order_quantity": 10, "order_multiple": 6}, 9, "The smallest order is 12."),
        ({"order_multiple": 6}, 13, "This is sold in steps of 6. Please order 12 or 18."),
        ({}, 501, "Only 500 are in stock. Please order fewer."),
        ({"status": "archived"}, 3, "This is not for sale any more. Please remove it."),
    ],
)
def test_says_what_is_wrong_with_a_line_and_what_to_do(
    browser: Client, retailer: Person, pepsi: Product, change: dict[str, Any], quantity: int, words: str
) -> None:
    put(retailer, pepsi, quantity)
    Product.objects.filter(pk=pepsi.pk).update(**change)
    page = text_of(browser.get("/cart"))
    assert words in page
    assert "1 product needs another quantity, or must be removed" in page
    assert 'href="/checkout"' not in page


def test_a_products_page_puts_in_and_gets_its_reader_back(browser: Client, pepsi: Product) -> None:
    answer = browser.post(f"/cart/items/{pepsi.reference}", {"quantity": "12", "next": "/products/P1001"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/products/P1001")
    assert held() == [(pepsi.pk, 12)]
    assert "12 of Pepsi 330ml are in your cart." in text_of(browser.get("/cart"))


def test_never_leads_to_another_host(browser: Client, pepsi: Product) -> None:
    answer = browser.post(f"/cart/items/{pepsi.reference}", {"quantity": "12", "next": "//evil.test/"})
    assert answer.headers["Location"] == "/cart"


def test_a_refused_quantity_stays_in_its_field_with_its_reason(browser: Client, retailer: Person, pepsi: Product) -> None:
    put(retailer, pepsi, 10)
    answer = browser.post(f"/cart/items/{pepsi.reference}", {"quantity": "ten"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'value="ten"' in page
    assert "A whole number is expected." in page
    assert held() == [(pepsi.pk, 10)]


def test_a_refused_quantity_of_a_products_page_is_said_there(browser: Client, pepsi: Product) -> None:
    answer = browser.post(f"/cart/items/{pepsi.reference}", {"quantity": "0", "next": "/cart"}, follow=True)
    assert answer.redirect_chain == [("/cart", 302)]
    assert "greater than or equal to 1" in text_of(answer)
    assert held() == []


def test_htmx_gets_the_cart_alone_with_new_totals(browser: Client, retailer: Person, pepsi: Product) -> None:
    put(retailer, pepsi, 10)
    answer = browser.post(f"/cart/items/{pepsi.reference}", {"quantity": "20"}, headers=BY_HTMX)
    page = text_of(answer)
    assert answer.status_code == 200
    assert page.startswith('<div id="cart">')
    assert "AED 1,008.00" in page
    refused = browser.post(f"/cart/items/{pepsi.reference}", {"quantity": ""}, headers=BY_HTMX)
    assert (refused.status_code, text_of(refused).startswith('<div id="cart">')) == (422, True)


def test_takes_out_also_what_is_not_for_sale_any_more(browser: Client, retailer: Person, pepsi: Product, cola: Product) -> None:
    put(retailer, pepsi, 1)
    put(retailer, cola, 1)
    Product.objects.filter(pk=pepsi.pk).update(status="archived")
    answer = browser.post(f"/cart/items/{pepsi.reference}/remove", follow=True)
    assert "Pepsi 330ml is no longer in your cart." in text_of(answer)
    assert held() == [(cola.pk, 1)]


def test_is_emptied_by_one_form(browser: Client, retailer: Person, pepsi: Product) -> None:
    put(retailer, pepsi, 1)
    assert browser.post("/cart/empty").headers["Location"] == "/cart"
    assert held() == []


def test_the_number_of_queries_does_not_grow_with_the_cart(browser: Client, retailer: Person, vendor: Person) -> None:
    products = [ProductFactory(vendor=vendor.of) for _ in range(20)]

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/cart").status_code == 200
        return len(asked)

    for product in products[:3]:
        put(retailer, product, 1)
    queries()
    few = queries()
    for product in products[3:]:
        put(retailer, product, 1)
    assert queries() == few
