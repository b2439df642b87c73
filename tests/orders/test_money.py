"""Money is rounded half up once per line; the total is the sum of the rounded parts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orders.models import Order
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.orders.given import broken_promises, post

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    ("price", "quantity", "rate", "subtotal", "vat", "total"),
    [
        ("0.10", 1, "5.00", "0.10", "0.01", "0.11"),  # 0.005; banker's rounding would make it 0.00
        ("0.30", 1, "5.00", "0.30", "0.02", "0.32"),
        ("0.50", 1, "5.00", "0.50", "0.03", "0.53"),  # 0.025; banker's rounding would make it 0.02
        ("0.09", 1, "5.00", "0.09", "0.00", "0.09"),
        ("48.00", 100, "5.00", "4800.00", "240.00", "5040.00"),
        ("19.99", 7, "5.00", "139.93", "7.00", "146.93"),
        ("33.33", 3, "0.00", "99.99", "0.00", "99.99"),
        ("999999.99", 1000, "5.00", "999999990.00", "49999999.50", "1049999989.50"),
    ],
)
def test_vat_is_rounded_half_up_on_the_line(
    retailer: Person, vendor: Person, body: dict[str, Any], price: str, quantity: int, rate: str, subtotal: str, vat: str, total: str
) -> None:
    product = ProductFactory(vendor=vendor.of, price=price, vat_rate=rate, on_hand=1000)
    order = post(retailer, "/api/orders", {**body, "items": [{"product": product.reference, "quantity": quantity}]}).json()
    assert (order["subtotal"], order["vat"], order["total"]) == (subtotal, vat, total)
    assert Order.objects.get().payment.amount == Decimal(total)
    assert not broken_promises()


def test_rounds_each_line_and_then_adds(retailer: Person, vendor: Person, body: dict[str, Any]) -> None:
    lines = [{"product": ProductFactory(vendor=vendor.of, price="0.10").reference, "quantity": 1} for _ in range(3)]
    order = post(retailer, "/api/orders", {**body, "items": lines}).json()
    assert (order["subtotal"], order["vat"], order["total"]) == ("0.30", "0.03", "0.33")  # 5 % of 0.30 would be 0.02


def test_zero_rated_and_taxed_goods_stand_in_one_order(retailer: Person, vendor: Person, body: dict[str, Any]) -> None:
    prices = [("100.00", "0.00"), ("100.00", "5.00")]
    lines = [{"product": ProductFactory(vendor=vendor.of, price=p, vat_rate=rate).reference, "quantity": 1} for p, rate in prices]
    order = post(retailer, "/api/orders", {**body, "items": lines}).json()
    assert (order["subtotal"], order["vat"], order["total"]) == ("200.00", "5.00", "205.00")
    assert [line["vat_rate"] for line in order["items"]] == ["0.00", "5.00"]
