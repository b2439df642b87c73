"""An order goes only where the table allows, and only by those who may take the step."""

from __future__ import annotations

import pytest
from django.db import transaction

from aqad.audit.models import Event
from aqad.core.errors import Forbidden, InvalidTransition
from catalog.models import Product
from orders.actions import life
from orders.actions.locking import lock_order
from orders.models import Order
from orders.statuses import TRANSITIONS, OrderStatus
from payments.models import Refund
from tests.cast import Person
from tests.factories.deals import an_order
from tests.orders.given import history, post, shelf

pytestmark = pytest.mark.embedded
DOORS = {"accept": "processing", "reject": "rejected", "ready": "ready", "cancel": "cancelled"}
MARKS = {
    OrderStatus.PICKED_UP: life.mark_picked_up,
    OrderStatus.OUT_FOR_DELIVERY: life.mark_out_for_delivery,
    OrderStatus.COMPLETED: life.mark_completed,
    OrderStatus.RETURNED: life.mark_returned,
}
REASON = {"reject": {"reason": "No cold storage today"}, "cancel": {"reason": "The shop has closed"}}


def who_takes(step: str, vendor: Person, staff: Person) -> Person:
    return staff if step == "cancel" else vendor


def taken(order: Order, step: str, actor: Person) -> Order:
    """One of the driver's steps, with the locks that the caller holds."""
    with transaction.atomic():
        locked = lock_order(order.pk)
        MARKS[OrderStatus(step)](locked, actor=actor.actor)
    return locked


def test_the_way_from_the_vendor_to_the_door(retailer: Person, vendor: Person, driver: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, quantity=100)
    assert post(vendor, f"/api/orders/{order.reference}/accept").json()["status"] == "processing"
    assert post(vendor, f"/api/orders/{order.reference}/ready").json()["status"] == "ready"
    assert shelf(pepsi) == (500, 100)
    taken(order, "picked_up", driver)
    assert shelf(pepsi) == (400, 0)
    taken(order, "out_for_delivery", driver)
    taken(order, "completed", driver)
    assert shelf(pepsi) == (400, 0)
    steps = ["orders.accepted", "orders.ready", "orders.picked_up", "orders.out_for_delivery", "orders.completed"]
    assert history(order) == steps
    accepted = Event.objects.get(verb="orders.accepted")
    assert accepted.facts == {"before": "pending", "after": "processing", "payment": order.payment.reference}
    assert accepted.text == f"Vendor {vendor.of.reference} accepted Order {order.reference}"


@pytest.mark.parametrize("status", OrderStatus.values)
@pytest.mark.parametrize("step", DOORS)
def test_refuses_every_step_that_the_table_does_not_allow(
    retailer: Person, vendor: Person, staff: Person, pepsi: Product, step: str, status: str
) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    stood, who = shelf(pepsi), who_takes(step, vendor, staff)
    answer = post(who, f"/api/orders/{order.reference}/{step}", REASON.get(step))
    order.refresh_from_db()
    if DOORS[step] in TRANSITIONS[status] and (order.released_at or who is staff):
        assert (answer.status_code, answer.json()["status"], order.status) == (200, DOORS[step], DOORS[step])
        return
    expected = 409 if order.released_at or who is staff else 404
    assert answer.status_code == expected
    if expected == 409:
        assert (answer.json()["code"], answer.json()["status"]) == ("invalid_transition", status)
    assert (order.status, order.reason, shelf(pepsi), history(order)) == (status, "", stood, [])
    assert not Refund.objects.exists()


@pytest.mark.parametrize("status", OrderStatus.values)
@pytest.mark.parametrize("step", MARKS)
def test_a_driver_cannot_take_a_step_out_of_turn(retailer: Person, driver: Person, pepsi: Product, step: str, status: str) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    stood = shelf(pepsi)
    if step in TRANSITIONS[status]:
        assert taken(order, step, driver).status == step
        return
    with pytest.raises(InvalidTransition) as refusal:
        taken(order, step, driver)
    order.refresh_from_db()
    assert (refusal.value.facts["status"], order.status, shelf(pepsi), history(order)) == (status, status, stood, [])


def test_rejecting_needs_a_reason(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    for body in ({}, {"reason": ""}, {"reason": " \u200b "}, {"reason": None}, {"reason": "x" * 501}):
        answer = post(vendor, f"/api/orders/{order.reference}/reject", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["reason"])
    order.refresh_from_db()
    assert (order.status, history(order)) == ("pending", [])


def test_rejecting_refunds_and_puts_the_cartons_back(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, quantity=100)
    body = post(vendor, f"/api/orders/{order.reference}/reject", {"reason": "No cold storage today"}).json()
    assert (body["status"], body["reason"]) == ("rejected", "No cold storage today")
    refund = Refund.objects.get()
    assert (refund.amount, refund.part, refund.payment) == (order.total, order.reference, order.payment)
    assert shelf(pepsi) == (500, 0)


def test_rejecting_a_cash_order_asks_for_less_cash(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, method="cash_on_delivery")
    post(vendor, f"/api/orders/{order.reference}/reject", {"reason": "Sold out"})
    order.payment.refresh_from_db()
    assert (order.payment.amount, order.payment.status) == (0, "cancelled")
    assert not Refund.objects.exists()


def test_a_returned_card_order_is_refunded_and_back_on_the_shelf(retailer: Person, driver: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, quantity=100, status="out_for_delivery")
    assert shelf(pepsi) == (400, 0)
    taken(order, "returned", driver)
    assert shelf(pepsi) == (500, 0)
    assert Refund.objects.get().amount == order.total


def test_a_returned_cash_order_is_owed_no_more(retailer: Person, driver: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="picked_up", method="cash_on_delivery")
    taken(order, "returned", driver)
    order.payment.refresh_from_db()
    assert (order.payment.status, order.payment.amount) == ("cancelled", 0)


def test_a_cash_order_is_not_complete_before_its_cash_is_there(retailer: Person, driver: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="out_for_delivery", method="cash_on_delivery")
    with pytest.raises(InvalidTransition):
        taken(order, "completed", driver)
    order.refresh_from_db()
    assert (order.status, history(order)) == ("out_for_delivery", [])


@pytest.mark.parametrize("step", DOORS)
@pytest.mark.parametrize("who", ["retailer", "vendor", "dispatcher", "driver", "staff"])
def test_only_those_who_may_ever_take_a_step_come_past_the_door(
    request: pytest.FixtureRequest, retailer: Person, pepsi: Product, who: str, step: str
) -> None:
    order = an_order(retailer.of, pepsi)
    allowed = {"accept": {"vendor"}, "reject": {"vendor"}, "ready": {"vendor"}, "cancel": {"retailer", "staff"}}
    answer = post(request.getfixturevalue(who), f"/api/orders/{order.reference}/{step}", REASON.get(step))
    assert (answer.status_code == 403) == (who not in allowed[step])
    if answer.status_code == 403:
        order.refresh_from_db()
        assert (order.status, history(order)) == ("pending", [])


def test_the_actions_themselves_refuse_a_rival(retailer: Person, rival_vendor: Person, rival_retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    for step in (life.accept, life.make_ready):
        with pytest.raises(Forbidden):
            step(order.pk, actor=rival_vendor.actor)
    with pytest.raises(Forbidden):
        life.reject(order.pk, reason="x", actor=rival_vendor.actor)
    with pytest.raises(Forbidden):
        life.cancel(order.pk, actor=rival_retailer.actor)
    order.refresh_from_db()
    assert (order.status, history(order)) == ("pending", [])


def test_a_step_reads_no_unknown_fields(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    answer = post(vendor, f"/api/orders/{order.reference}/accept", {"status": "completed"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["status"])
    order.refresh_from_db()
    assert order.status == "pending"
