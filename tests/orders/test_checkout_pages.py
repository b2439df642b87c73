"""Checking out in the browser: one form, one purchase; a refusal keeps what was typed and says what changed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from aqad.retailers.models import Address
from catalog.models import Product, Stock
from orders.models import CartItem, Order
from tests.cast import Person
from tests.factories.people import AddressFactory
from tests.orders.given import broken_promises, in_browser, text_of, traces
from tests.orders.test_cart import put

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture
def browser(retailer: Person) -> Client:
    return in_browser(retailer)


@pytest.fixture
def cart(retailer: Person, pepsi: Product, cola: Product, address: Address) -> None:
    """10 Pepsi and 20 Cola of another vendor: 504.00 + 766.50 AED."""
    put(retailer, pepsi, 10)
    put(retailer, cola, 20)


def form(browser: Client, **typed: Any) -> dict[str, Any]:
    """The checkout's form as the browser would send it, with what a person chose."""
    page = browser.get("/checkout")
    assert page.status_code == 200
    return {**hidden_in(page), "payment_method": "card", "notes": "", "address": Address.objects.latest("pk").pk, **typed}


def hidden_in(page: Any) -> dict[str, str]:
    fields = re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page.content.decode())
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def test_shows_each_vendors_part_and_the_whole(browser: Client, cart: None) -> None:
    page = text_of(browser.get("/checkout"))
    for words in ("Ahmed Foods LLC", "Al Noor Trading", "AED 504.00", "AED 766.50", "Place order for", "AED 1,270.50", "Main store"):
        assert words in page


def test_a_card_leads_to_its_payment(browser: Client, retailer: Person, cart: None) -> None:
    answer = browser.post("/checkout", form(browser, notes="Gate B"))
    orders = Order.objects.order_by("pk")
    assert [(order.status, order.notes) for order in orders] == [("pending_payment", "Gate B")] * 2
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/payments/{orders[0].payment.reference}")
    assert not CartItem.objects.exists()
    assert not broken_promises()


def test_cash_leads_to_the_order_or_to_all_of_them(browser: Client, retailer: Person, cart: None, pepsi: Product) -> None:
    answer = browser.post("/checkout", form(browser, payment_method="cash_on_delivery"))
    assert answer.headers["Location"] == "/orders"
    put(retailer, pepsi, 1)
    answer = browser.post("/checkout", form(browser, payment_method="cash_on_delivery"))
    assert answer.headers["Location"] == f"/orders/{Order.objects.latest('pk').reference}"


def test_a_form_sent_twice_orders_once(browser: Client, cart: None) -> None:
    sent = form(browser)
    first, again = browser.post("/checkout", sent), browser.post("/checkout", sent)
    assert (first.status_code, first.headers["Location"]) == (again.status_code, again.headers["Location"])
    assert Order.objects.count() == 2


def test_a_changed_price_is_shown_and_confirmed_again(browser: Client, cart: None, pepsi: Product) -> None:
    sent = form(browser, notes="Gate B", payment_method="cash_on_delivery")
    Product.objects.filter(pk=pepsi.pk).update(price="50.00")
    before = traces()
    answer = browser.post("/checkout", sent)
    page = text_of(answer)
    assert answer.status_code == 409
    assert traces() == before
    assert "Pepsi 330ml costs AED 50.00 instead of AED 48.00." in page
    assert 'The total is now <bdi class="money">AED 1,291.50</bdi>' in page
    assert "Gate B</textarea>" in page
    assert re.search(r'value="cash_on_delivery" checked', page)
    assert browser.post("/checkout", {**sent, **hidden_in(answer)}).status_code == 302
    assert Order.objects.count() == 2


def test_a_cart_that_changed_in_another_window_is_told(
    browser: Client, retailer: Person, cart: None, pepsi: Product, cola: Product
) -> None:
    sent = form(browser)
    put(retailer, pepsi, 12)
    retailer.api.delete(f"/api/cart/items/{cola.reference}")
    page = text_of(browser.post("/checkout", sent))
    assert "12 of Pepsi 330ml instead of 10." in page
    assert "Cola 330ml was taken out." in page


def test_what_is_short_is_named_and_everything_typed_is_kept(browser: Client, cart: None, cola: Product) -> None:
    sent = form(browser, notes="Gate B")
    Stock.objects.filter(product=cola).update(on_hand=15)
    answer = browser.post("/checkout", sent)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Only 15 are in stock. Please order fewer." in page
    assert "Gate B</textarea>" in page
    assert '<a href="/cart">Change your cart</a>' in page
    assert not Order.objects.exists()


def test_an_address_that_a_vendor_does_not_serve_is_marked_and_refused(
    browser: Client, retailer: Person, vendor: Person, cart: None
) -> None:
    far = AddressFactory(retailer=retailer.of, label="Coast", emirate="Fujairah")
    vendor.of.delivers_to = ["Dubai"]
    vendor.of.save()
    page = text_of(browser.get("/checkout"))
    assert "Ahmed Foods LLC does not deliver to Fujairah." in page
    answer = browser.post("/checkout", form(browser, address=far.pk))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Ahmed Foods LLC does not deliver to Fujairah, only to Dubai." in page
    assert re.search(rf'value="{far.pk}" required checked', page)


def test_another_shops_address_is_none(browser: Client, rival_retailer: Person, cart: None) -> None:
    theirs = AddressFactory(retailer=rival_retailer.of, label="Elsewhere")
    answer = browser.post("/checkout", form(browser, address=theirs.pk))
    assert answer.status_code == 422
    assert "There is no such address." in text_of(answer)
    assert "Elsewhere" not in text_of(answer)


def test_without_an_address_it_says_so(browser: Client, cart: None) -> None:
    Address.objects.all().delete()
    page = text_of(browser.get("/checkout"))
    assert "You have no address yet." in page
    assert "disabled" in page


def test_a_cart_that_cannot_be_ordered_leads_back(browser: Client, retailer: Person, address: Address, pepsi: Product) -> None:
    assert browser.get("/checkout").headers["Location"] == "/cart"
    put(retailer, pepsi, 501)
    answer = browser.get("/checkout", follow=True)
    assert answer.redirect_chain == [("/cart", 302)]
    assert "Your cart cannot be ordered as it stands." in text_of(answer)
    assert browser.post("/checkout", {"payment_method": "card", "address": address.pk}).status_code == 409
