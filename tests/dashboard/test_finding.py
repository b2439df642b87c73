"""Finding: by the reference that somebody reads out, or by words, and never anything of another company."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from orders.models import Order
from tests import cast
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.trade import DeliveryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def find(person: Person, words: str, address: str = "/find") -> Any:
    client = Client()
    client.force_login(person.user)
    return client.get(address, {"q": words})


def place(person: Person, words: str) -> str:
    """Where a reference leads at once; empty when a page is shown instead."""
    return str(find(person, words).headers.get("Location", ""))


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


@pytest.fixture
def order(retailer: Person, pepsi: Product) -> Order:
    return an_order(retailer.of, pepsi, status="ready")


def test_a_reference_leads_straight_there(
    vendor: Person, retailer: Person, driver: Person, staff: Person, order: Order, pepsi: Product
) -> None:
    delivery = DeliveryFactory(order=order, partner=driver.of, driver=driver.user)
    at, own = f"/orders/{order.reference}", f"/vendor/products/{pepsi.reference}"
    assert place(vendor, order.reference) == place(retailer, order.reference) == at
    assert place(staff, order.reference) == f"/admin/orders/order/{order.pk}/change/"
    assert place(vendor, pepsi.reference) == own
    assert place(retailer, pepsi.reference) == f"/products/{pepsi.reference}/pepsi-330ml"
    assert place(retailer, order.payment.reference) == f"/payments/{order.payment.reference}"
    for person in (vendor, retailer, driver):
        assert place(person, delivery.reference) == f"/deliveries/{delivery.reference}"


def test_letters_in_either_case_spaces_and_dashes_make_no_difference(retailer: Person, order: Order) -> None:
    for written in (f"ord{order.pk}", f" ORD {order.pk} ", f"Ord-{order.pk}"):
        assert place(retailer, written) == f"/orders/{order.reference}"


def test_a_bare_number_may_be_anything_with_it(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, id=pepsi.pk)
    answer = find(retailer, str(pepsi.pk)).content.decode()
    assert f"/orders/{order.reference}" in answer
    assert f"/products/{pepsi.reference}/pepsi-330ml" in answer


def test_nothing_of_another_company_is_found(
    vendor: Person, rival_vendor: Person, rival_retailer: Person, driver: Person, dispatcher: Person, order: Order
) -> None:
    delivery = DeliveryFactory(order=order, partner=cast.a_partner("Desert Express").of)
    draft = ProductFactory(vendor=vendor.of, status="draft", name="Secret Cola", slug="secret")
    for person in (rival_vendor, rival_retailer, driver, dispatcher):
        for words in (order.reference, order.payment.reference, delivery.reference, draft.reference, "Secret"):
            for address in ("/find", "/find/hits"):
                answer = find(person, words, address)
                assert answer.status_code == 200
                assert "Secret Cola" not in answer.content.decode()
                assert f'href="/orders/{order.reference}"' not in answer.content.decode()
    assert place(vendor, order.payment.reference) == ""


def test_words_find_products_and_pages_and_lead_on_to_the_search(retailer: Person, pepsi: Product) -> None:
    for address in ("/find", "/find/hits"):
        answer = find(retailer, "pepsi", address).content.decode()
        assert f"/products/{pepsi.reference}/pepsi-330ml" in answer
        assert "/products?search=pepsi" in answer
    assert "/quick-order" in find(retailer, "quick", "/find/hits").content.decode()
    assert 'data-url="/account/password"' in find(retailer, "password", "/find/hits").content.decode()


def test_says_what_to_do_when_nothing_is_found(retailer: Person) -> None:
    answer = find(retailer, "ORD9999999").content.decode()
    assert "Nothing of yours answers to “ORD9999999”" in answer
    assert "/products?search=ORD9999999" in answer


def test_the_palette_begins_with_the_pages(retailer: Person) -> None:
    answer = find(retailer, "", "/find/hits").content.decode()
    assert answer.count('role="option"') == 11
    assert 'data-said="11 results"' in answer


def test_what_is_typed_is_never_markup(retailer: Person) -> None:
    for address in ("/find", "/find/hits"):
        assert "<script>alert" not in find(retailer, '"><script>alert(1)</script>', address).content.decode()
    assert find(retailer, "a\x00b").status_code == 422


def test_asks_the_database_equally_often_whatever_is_found(vendor: Person, retailer: Person) -> None:
    client, counts = Client(), []
    client.force_login(retailer.user)
    for number in (3, 17):
        for _ in range(number):
            ProductFactory(vendor=vendor.of)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/find/hits", {"q": "pepsi"}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
