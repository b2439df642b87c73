"""What deliveries do when an order becomes ready, and when it ends, through the doors of orders."""

from __future__ import annotations

from typing import Any

import pytest

from aqad.audit.models import Event
from deliveries.models import Delivery, DeliveryPartner
from orders.models import Order
from tests.cast import Person
from tests.factories.people import DeliveryPartnerFactory
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = pytest.mark.embedded


@pytest.fixture
def in_preparation(vendor: Person, retailer: Person) -> Order:
    return OrderFactory(vendor=vendor.of, retailer=retailer.of, status="processing")


def make_ready(vendor: Person, order: Order) -> None:
    answer = vendor.api.post(f"/api/orders/{order.reference}/ready")
    assert answer.status_code == 200, answer.content


def busy(partner: DeliveryPartner, *, deliveries: int, status: str = "assigned") -> DeliveryPartner:
    for _ in range(deliveries):
        DeliveryFactory(partner=partner, status=status)
    return partner


def test_nothing_is_assigned_by_itself_unless_the_deployment_wishes_it(vendor: Person, in_preparation: Order) -> None:
    DeliveryPartnerFactory()
    make_ready(vendor, in_preparation)
    assert not Delivery.objects.exists()


def test_the_least_busy_active_partner_of_the_emirate_gets_it(vendor: Person, in_preparation: Order, settings: Any) -> None:
    settings.AUTO_ASSIGN_DELIVERIES = True
    DeliveryPartnerFactory(emirates=["Fujairah"])
    DeliveryPartnerFactory(company__status="suspended")
    busy(DeliveryPartnerFactory(), deliveries=2)
    wanted = busy(DeliveryPartnerFactory(), deliveries=1)
    busy(wanted, deliveries=3, status="delivered")
    make_ready(vendor, in_preparation)
    delivery = in_preparation.deliveries.get()
    assert (delivery.partner, delivery.driver, delivery.status) == (wanted, None, "assigned")
    event = Event.objects.get(verb="deliveries.assigned")
    assert (event.actor, event.about) == ("System assignment", in_preparation.reference)


def test_an_order_that_somebody_has_already_is_left_alone(vendor: Person, in_preparation: Order, settings: Any) -> None:
    settings.AUTO_ASSIGN_DELIVERIES = True
    delivery = DeliveryFactory(order=in_preparation, partner=DeliveryPartnerFactory())
    DeliveryPartnerFactory()
    make_ready(vendor, in_preparation)
    assert Delivery.objects.get() == delivery


def test_without_a_partner_for_the_emirate_the_order_is_ready_all_the_same(vendor: Person, in_preparation: Order, settings: Any) -> None:
    settings.AUTO_ASSIGN_DELIVERIES = True
    DeliveryPartnerFactory(emirates=["Ajman"])
    make_ready(vendor, in_preparation)
    assert Order.objects.get().status == "ready"
    assert not Delivery.objects.exists()


def test_the_end_of_an_order_cancels_what_was_assigned(staff: Person, driver: Person, delivery: Delivery) -> None:
    answer = staff.api.post(f"/api/orders/{delivery.order.reference}/cancel", {"reason": "Called off"}, format="json")
    assert answer.status_code == 200, answer.content
    shown = driver.api.get(f"/api/deliveries/{delivery.reference}").json()
    assert (shown["status"], [event["status"] for event in shown["events"]]) == ("cancelled", ["assigned", "cancelled"])
    event = Event.objects.get(verb="deliveries.cancelled")
    assert (event.actor, event.facts) == ("System order closed", {"before": "assigned", "after": "cancelled"})
    refused = driver.api.post(f"/api/deliveries/{delivery.reference}/status", {"status": "picked_up"}, format="json")
    assert (refused.status_code, refused.json()["status"]) == (409, "cancelled")


def test_an_order_without_a_delivery_ends_quietly(staff: Person, order: Order) -> None:
    assert staff.api.post(f"/api/orders/{order.reference}/cancel", {"reason": "Called off"}, format="json").status_code == 200
    assert not Event.objects.filter(verb__startswith="deliveries.").exists()


def test_each_step_stands_once_in_the_orders_history(
    vendor: Person, staff: Person, driver: Person, in_preparation: Order, dispatcher: Person
) -> None:
    body = {"order": in_preparation.reference, "partner": dispatcher.of.reference, "driver": driver.user.email}
    delivery = staff.api.post("/api/deliveries", body, format="json").json()
    make_ready(vendor, in_preparation)
    for step in ({"status": "picked_up"}, {"status": "out_for_delivery"}, {"status": "delivered", "recipient_name": "Fatima"}):
        assert driver.api.post(f"/api/deliveries/{delivery['id']}/status", step, format="json").status_code == 200
    history = vendor.api.get(f"/api/orders/{in_preparation.reference}/history").json()["results"]
    assert [entry["verb"] for entry in history] == ["assigned", "ready", "picked_up", "out_for_delivery", "completed"]


def test_returned_goods_are_on_the_shelf_again_and_the_money_on_its_way_back(driver: Person, delivery: Delivery) -> None:
    for step in ("picked_up", "returned"):
        body = {"status": step, "note": "Nobody knew of the order."}
        assert driver.api.post(f"/api/deliveries/{delivery.reference}/status", body, format="json").status_code == 200
    order = Order.objects.get()
    stock = order.lines.get().product.stock
    assert (order.status, order.reason) == ("returned", "Nobody knew of the order.")
    assert (stock.on_hand, stock.reserved) == (500, 0)
    assert [str(refund.amount) for refund in order.payment.refunds.all()] == ["5040.00"]


def test_cash_that_was_never_taken_is_owed_no_more_after_a_return(driver: Person, cash_delivery: Delivery) -> None:
    for step in ("picked_up", "out_for_delivery", "returned"):
        path = f"/api/deliveries/{cash_delivery.reference}/status"
        shown = driver.api.post(path, {"status": step}, format="json").json()
    assert (shown["status"], shown["cash_to_collect"]) == ("returned", "0.00")
    assert Order.objects.get().payment.status == "cancelled"
