"""Two people act on one delivery at the same moment: exactly one wins (TRUST.md 2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from aqad.audit.models import Event
from catalog.models import StockMovement
from deliveries.actions.moving import move
from deliveries.invariants import steps_are_allowed
from deliveries.models import Delivery, DeliveryStep
from deliveries.statuses import DeliveryStatus
from orders.models import Order
from tests import cast
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory

ROUNDS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; what each returned."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def report(person: Person, delivery: Delivery, status: str, *, key: str = "", **words: str) -> int:
    headers = {"Idempotency-Key": key} if key else None
    path, body = f"/api/deliveries/{delivery.reference}/status", {"status": status, **words}
    return int(person.api.post(path, body, format="json", headers=headers).status_code)


def a_delivery(driver: Person, state: str = "assigned") -> Delivery:
    delivery = DeliveryFactory(order=OrderFactory(), partner=driver.of, driver=driver.user)
    for step in {"assigned": [], "out_for_delivery": ["picked_up", "out_for_delivery"]}[state]:
        assert report(driver, delivery, step) == 200
    return delivery


def steps(delivery: Delivery) -> list[str]:
    return list(delivery.steps.values_list("status", flat=True))


def test_driver_and_dispatcher_report_the_same_step_and_one_counts(dispatcher: Person, driver: Person) -> None:
    assert driver.api
    assert dispatcher.api
    for _ in range(ROUNDS):
        delivery = a_delivery(driver)
        answers = together(lambda d=delivery: report(driver, d, "picked_up"), lambda d=delivery: report(dispatcher, d, "picked_up"))
        assert sorted(answers) == [200, 409]
        assert steps(delivery) == ["assigned", "picked_up"]
        assert Event.objects.filter(subject=delivery.reference, verb="deliveries.picked_up").count() == 1
        assert StockMovement.objects.filter(order=delivery.order.reference, kind="dispatched").count() == 1


def test_delivered_and_failed_at_once_is_one_of_them(dispatcher: Person, driver: Person) -> None:
    assert dispatcher.api
    for _ in range(ROUNDS):
        delivery = a_delivery(driver, "out_for_delivery")
        answers = together(
            lambda d=delivery: report(driver, d, "delivered", recipient_name="Fatima"),
            lambda d=delivery: report(dispatcher, d, "attempt_failed", note="Closed."),
        )
        assert sorted(answers) == [200, 409]
        delivery.refresh_from_db()
        assert delivery.status == ("delivered" if answers[0] == 200 else "attempt_failed")
        assert Order.objects.get(pk=delivery.order_id).status == ("completed" if answers[0] == 200 else "out_for_delivery")
    assert steps_are_allowed() == []


def test_a_tap_repeated_at_once_with_its_key_is_one_step(driver: Person) -> None:
    for number in range(ROUNDS):
        delivery = a_delivery(driver)
        answers = together(*[lambda d=delivery, n=number: report(driver, d, "picked_up", key=f"tap-{n}")] * 4)
        assert set(answers) <= {200, 409}
        assert 200 in answers
        assert steps(delivery) == ["assigned", "picked_up"]
        assert report(driver, delivery, "picked_up", key=f"tap-{number}") == 200


def test_two_of_staff_assign_one_order_and_one_does(dispatcher: Person) -> None:
    staff, other, rival = cast.a_member_of_staff(), cast.a_member_of_staff(), cast.a_partner("Desert Express")
    assert staff.api
    assert other.api

    def assign(person: Person, order: Order, partner: Person) -> int:
        body = {"order": order.reference, "partner": partner.of.reference}
        return int(person.api.post("/api/deliveries", body, format="json").status_code)

    for _ in range(ROUNDS):
        order = OrderFactory()
        answers = together(lambda o=order: assign(staff, o, dispatcher), lambda o=order: assign(other, o, rival))
        assert sorted(answers) == [201, 409]
        assert order.deliveries.count() == 1


def test_a_delivery_is_taken_or_handed_to_a_colleague_never_both(dispatcher: Person, driver: Person) -> None:
    colleague = cast.a_driver(driver.of)
    assert driver.api
    assert dispatcher.api

    def hand_over(delivery: Delivery) -> int:
        path, body = f"/api/deliveries/{delivery.reference}", {"driver": colleague.user.email}
        return int(dispatcher.api.patch(path, body, format="json").status_code)

    for _ in range(ROUNDS):
        delivery = a_delivery(driver)
        taken, handed = together(lambda d=delivery: report(driver, d, "picked_up"), lambda d=delivery: hand_over(d))
        assert (taken, handed) in {(200, 409), (404, 200)}
        delivery.refresh_from_db()
        assert (delivery.status, delivery.driver) == (("picked_up", driver.user) if taken == 200 else ("assigned", colleague.user))


def test_an_order_is_picked_up_or_called_off_never_both(driver: Person) -> None:
    staff = cast.a_member_of_staff()
    assert staff.api

    def call_off(order: Order) -> int:
        return int(staff.api.post(f"/api/orders/{order.reference}/cancel", {"reason": "Called off"}, format="json").status_code)

    for _ in range(ROUNDS):
        delivery = a_delivery(driver)
        answers = together(lambda d=delivery: report(driver, d, "picked_up"), lambda d=delivery: call_off(d.order))
        assert sorted(answers) == [200, 409]
        kinds = set(StockMovement.objects.filter(order=delivery.order.reference).values_list("kind", flat=True))
        assert kinds == {"reserved", "dispatched" if answers[0] == 200 else "released"}
    assert steps_are_allowed() == []


def test_control_without_the_lock_both_steps_are_taken(driver: Person) -> None:
    """Both read the delivery before either writes: what the lock prevents, and what the invariant then finds."""
    delivery = a_delivery(driver, "out_for_delivery")
    both_have_read = threading.Barrier(2)

    def step_without_lock(status: DeliveryStatus) -> str:
        unlocked = Delivery.objects.select_related("order").get(pk=delivery.pk)
        both_have_read.wait(timeout=30)
        with transaction.atomic():
            move(unlocked, status, actor=driver.actor)
        return status

    together(lambda: step_without_lock(DeliveryStatus.DELIVERED), lambda: step_without_lock(DeliveryStatus.ATTEMPT_FAILED))
    assert DeliveryStep.objects.filter(delivery=delivery, status__in=["delivered", "attempt_failed"]).count() == 2
    assert steps_are_allowed() != []
