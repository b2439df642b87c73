"""The checks are silent about what is right, and name what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aqad.audit.actions import record
from aqad.core import invariants
from aqad.core.actor import Actor
from deliveries.invariants import INVARIANTS
from deliveries.models import Delivery, DeliveryStep
from orders.models import Order
from payments.models import CashCollection, Payment
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = pytest.mark.embedded
Report = Callable[..., Any]


def broken(name: str) -> list[str]:
    """What the checks of `T1`, `T2` or `A1` say."""
    return [line for check, look in INVARIANTS.items() if check.startswith(name) for line in look()]


@pytest.fixture
def delivered(report: Report, staff: Person, driver: Person, cash_order: Order) -> Delivery:
    """Accepted, assigned, carried, received and paid in cash."""
    with transaction.atomic():
        record("orders.accepted", cash_order, Actor.system("tests"))
    body = {"order": cash_order.reference, "partner": driver.of.reference, "driver": driver.user.email}
    assert staff.api.post("/api/deliveries", body, format="json").status_code == 201
    cash_delivery = cash_order.deliveries.get()
    report(driver, cash_delivery, "picked_up")
    report(driver, cash_delivery, "out_for_delivery")
    report(driver, cash_delivery, "attempt_failed", note="Closed.")
    report(driver, cash_delivery, "out_for_delivery")
    answer = report(driver, cash_delivery, "delivered", recipient_name="Fatima", cash_collected="5040.00")
    assert answer.status_code == 200, answer.content
    return cash_delivery


def test_silent_about_what_is_right(delivered: Delivery) -> None:
    assert [line for check in INVARIANTS.values() for line in check()] == []
    assert set(INVARIANTS) <= {name for name, _ in invariants.violations()}


def test_names_a_step_that_is_not_on_record(delivered: Delivery) -> None:
    DeliveryStep.objects.create(delivery=delivered, status="out_for_delivery")
    assert broken("A1") == [f"{delivered.reference}: 3 x deliveries.out_for_delivery, 2 on record"]


def test_names_a_state_that_no_step_led_to(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(status="picked_up")
    assert f"{delivery.reference}: is picked_up, its last step says otherwise" in broken("T1")


def test_names_a_step_that_the_table_does_not_know(delivery: Delivery) -> None:
    DeliveryStep.objects.create(delivery=delivery, status="delivered")
    DeliveryStep.objects.create(delivery=delivery, status="picked_up")
    found = broken("T1")
    assert f"{delivery.reference}: assigned was followed by delivered" in found
    assert f"{delivery.reference}: delivered was followed by picked_up" in found


def test_names_a_delivery_that_did_not_begin_assigned(delivery: Delivery) -> None:
    DeliveryStep.objects.all().delete()
    DeliveryStep.objects.create(delivery=delivery, status="cancelled")
    assert f"{delivery.reference}: nothing was followed by cancelled" in broken("T1")


def test_names_an_order_that_stands_elsewhere(delivery: Delivery) -> None:
    Order.objects.filter(pk=delivery.order_id).update(status="completed")
    assert f"{delivery.reference}: is assigned, {delivery.order.reference} is completed" in broken("T1")
    assert f"{delivery.order.reference}: completed without a delivery" in broken("T2")


def test_names_what_a_delivery_lacks(delivered: Delivery) -> None:
    CashCollection.objects.all().delete()
    Delivery.objects.update(recipient_name="")
    assert broken("T2") == [
        f"{delivered.reference}: delivered, but never received by anybody",
        f"{delivered.reference}: delivered, but never paid in cash",
    ]


def test_names_a_card_order_that_was_never_accepted_or_paid(driver: Person, order: Order) -> None:
    delivery = DeliveryFactory(order=order, partner=driver.of, status="delivered", recipient_name="Fatima")
    Payment.objects.update(status="unpaid")
    assert broken("T2") == [
        f"{delivery.reference}: delivered, but never accepted",
        f"{delivery.reference}: delivered, but never assigned",
        f"{delivery.reference}: delivered, but never paid",
    ]


def test_more_deliveries_cost_no_more_queries(delivered: Delivery) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            for check in INVARIANTS.values():
                check()
        return len(queries)

    before = count()
    for _ in range(3):
        DeliveryFactory(order=OrderFactory(), partner=delivered.partner)
    assert count() == before
