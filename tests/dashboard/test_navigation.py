"""The navigation says where one is, and what the page at hand belongs to."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.models import Product
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def marked(person: Person, address: str) -> list[tuple[str, str]]:
    client = Client()
    client.force_login(person.user)
    answer = client.get(address)
    assert answer.status_code == 200
    [navigation] = re.findall(r'<nav class="nav".*?</nav>', answer.content.decode(), re.S)
    return re.findall(r'<a href="([^"]+)"\s+aria-current="(\w+)"', navigation)


def test_a_page_of_its_own_is_where_one_is(vendor: Person) -> None:
    assert marked(vendor, "/orders") == [("/orders", "page")]
    assert marked(vendor, "/orders/queue") == [("/orders/queue", "page")]  # and not a part of the orders
    assert marked(vendor, "/vendor/products?status=draft") == [("/vendor/products", "page")]


def test_what_lies_below_it_belongs_to_it(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert marked(vendor, f"/orders/{order.reference}") == [("/orders", "true")]
    assert marked(vendor, f"/vendor/products/{pepsi.reference}/stock") == [("/vendor/products", "true")]
    assert marked(retailer, f"/products/{pepsi.reference}/{pepsi.slug}") == [("/products", "true")]


def test_elsewhere_nothing_is_marked(vendor: Person) -> None:
    assert marked(vendor, "/account") == []
