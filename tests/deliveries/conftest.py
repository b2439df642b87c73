"""An order on its way, and a few more people around it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from deliveries.models import Delivery
from orders.models import Order
from tests import cast
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory


@pytest.fixture
def order(vendor: Person, retailer: Person) -> Order:
    """Ready, paid by card."""
    return OrderFactory(vendor=vendor.of, retailer=retailer.of)


@pytest.fixture
def cash_order(vendor: Person, retailer: Person) -> Order:
    """Ready, to be paid at the door."""
    return OrderFactory(vendor=vendor.of, retailer=retailer.of, method="cash_on_delivery")


@pytest.fixture
def delivery(order: Order, driver: Person) -> Delivery:
    return DeliveryFactory(order=order, partner=driver.of, driver=driver.user)


@pytest.fixture
def cash_delivery(cash_order: Order, driver: Person) -> Delivery:
    return DeliveryFactory(order=cash_order, partner=driver.of, driver=driver.user)


@pytest.fixture
def colleague(driver: Person) -> Person:
    """Another driver of the same partner."""
    return cast.a_driver(driver.of)


@pytest.fixture
def rival_dispatcher(db: None) -> Person:
    return cast.a_partner("Desert Express")


@pytest.fixture
def photo() -> Callable[[], SimpleUploadedFile]:
    """A fresh JPEG with a camera's metadata in it."""

    def make() -> SimpleUploadedFile:
        exif = Image.Exif()
        exif[0x010F] = "Secret camera"
        out = io.BytesIO()
        Image.new("RGB", (64, 48), "navy").save(out, "JPEG", exif=exif)
        return SimpleUploadedFile("../../door.jpg", out.getvalue(), content_type="image/jpeg")

    return make


@pytest.fixture
def report() -> Callable[..., Any]:
    """Report a step as JSON: `report(driver, delivery, "picked_up")`."""

    def send(person: Person, delivery: Delivery, status: str, *, key: str | None = None, **words: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else None
        return person.api.post(f"/api/deliveries/{delivery.reference}/status", {"status": status, **words}, format="json", headers=headers)

    return send
