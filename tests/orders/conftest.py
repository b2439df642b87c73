"""Pepsi on the shelf, a shop with an address, and what the shelf looks like afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from aqad.retailers.models import Address
from catalog.models import Product
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    """500 cartons at 48.00 AED."""
    return ProductFactory(vendor=vendor.of, on_hand=500)


@pytest.fixture
def cola(rival_vendor: Person) -> Product:
    """200 cartons of another vendor at 36.50 AED."""
    return ProductFactory(vendor=rival_vendor.of, name="Cola 330ml", slug="cola-330ml", price=Decimal("36.50"), on_hand=200)


@pytest.fixture
def address(retailer: Person) -> Address:
    return AddressFactory(retailer=retailer.of, phone="+971501112233")


@pytest.fixture
def body(pepsi: Product, address: Address) -> dict[str, Any]:
    """100 cartons of Pepsi by card."""
    return {"items": [{"product": pepsi.reference, "quantity": 100}], "address": address.pk, "payment_method": "card"}
