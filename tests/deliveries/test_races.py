"""Two people act on one delivery at the same moment: exactly one wins. Two drivers' updates race over HTTP in tests/races."""

from __future__ import annotations

import pytest

from catalog.models import StockMovement
from deliveries.invariants import steps_are_allowed
from deliveries.models import Delivery
from orders.models import Order
from tests import cast
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory
from tests.proof.threads import together

ROUNDS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def report(person: Person, delivery: Delivery, status: str, *, key: str = "", **words: str) -> int:
    headers = {"Idempotency-Key": key} if key else None
    path, body = f"/api/deliveries/{delivery.reference}/status", {"status": status, **words}
    return int(person.api.post(path, body, format="json", headers=headers).status_code)


def a_delivery(driver: Person) -> Delivery:
    return DeliveryFactory(order=OrderFactory(), partner=driver.of, driver=driver.user)


def steps(delivery: Delivery) -> list[str]:
    return list(delivery.steps.values_list("status", flat=True))


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
