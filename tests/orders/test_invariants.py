"""The checks are silent while the promises hold, and name the row when one is broken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from aqad.audit.actions import record
from aqad.core import clock
from catalog.models import Product, Stock, StockMovement
from orders import invariants
from orders.models import Order, OrderLine
from payments.models import Payment
from tests.cast import Person
from tests.factories.deals import an_order
from tests.orders.given import broken_promises, post

pytestmark = pytest.mark.embedded


@pytest.fixture
def order(retailer: Person, vendor: Person, body: dict[str, Any]) -> Order:
    """Placed, paid, accepted."""
    placed = post(retailer, "/api/orders", body).json()
    post(retailer, f"/api/payments/{placed['payment']['id']}/confirm", {"token": "tok_visa"})
    post(vendor, f"/api/orders/{placed['id']}/accept")
    return Order.objects.get()


def test_nothing_is_broken_by_living(order: Order) -> None:
    assert not broken_promises()


def test_s3_sees_a_reservation_that_no_order_holds(order: Order, pepsi: Product) -> None:
    Stock.objects.update(reserved=F("reserved") + 1)
    assert invariants.reserved_is_what_open_orders_hold() == [f"{pepsi.reference}: 101 reserved, open orders hold 100"]


def test_s5_sees_stock_held_by_an_order_that_has_ended(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    Order.objects.update(status="rejected")
    assert StockMovement.objects.filter(kind="released").count() == 0
    assert invariants.ended_orders_hold_no_stock() == [f"{order}: rejected, still holds 10 of {pepsi.reference}"]


def test_s5_sees_a_reservation_that_outlives_its_time(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="pending_payment")
    assert invariants.reservations_end_in_time() == []
    Payment.objects.update(pay_by=clock.now() - timedelta(hours=1))
    assert [words.split(":")[0] for words in invariants.reservations_end_in_time()] == [order.reference]
    Payment.objects.update(status="processing")
    assert invariants.reservations_end_in_time() == []


@pytest.mark.parametrize(
    "change", [{"line_total": F("line_total") + 1}, {"vat": F("vat") + 1}, {"unit_price": F("unit_price") + 1}, {"quantity": 99}]
)
def test_m1_sees_amounts_that_do_not_add_up(order: Order, change: dict[str, Any]) -> None:
    OrderLine.objects.update(**change)
    assert any(words.startswith(order.reference) for words in invariants.amounts_add_up())


def test_m1_sees_an_order_without_lines(order: Order) -> None:
    OrderLine.objects.all().delete()
    assert len(invariants.amounts_add_up()) == 1


@pytest.mark.parametrize("status", ["failed", "cancelled", "rejected", "returned"])
def test_m4_sees_money_without_its_order(order: Order, status: str) -> None:
    assert invariants.money_has_its_order() == []
    Order.objects.update(status=status)
    assert invariants.money_has_its_order() == [f"{order.payment.reference}: keeps 5040.00 AED, its orders are about 0.00"]


def test_t1_sees_a_step_that_is_not_allowed(order: Order, staff: Person) -> None:
    with transaction.atomic():
        record("orders.completed", order, staff.actor, before="processing", after="completed")
    assert invariants.steps_are_allowed() == [
        f"{order}: orders.completed after processing",
        f"{order}: is processing, its last step says completed",
    ]


def test_t1_sees_a_state_without_its_step(order: Order) -> None:
    Order.objects.update(status="ready")
    assert invariants.steps_are_allowed() == [f"{order}: is ready, its last step says processing"]


def test_t1_sees_an_order_that_was_never_placed(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert invariants.steps_are_allowed() == [f"{order}: is pending, its last step says nothing"]
