"""Who sees which delivery, and what of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from deliveries.models import Delivery, DeliveryStep
from orders.models import Order
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = pytest.mark.embedded


def listed(person: Person, **query: Any) -> list[str]:
    answer = person.api.get("/api/deliveries", query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize("who", ["driver", "dispatcher", "vendor", "retailer", "staff"])
def test_those_it_concerns_see_it(who: str, request: pytest.FixtureRequest, delivery: Delivery) -> None:
    person = request.getfixturevalue(who)
    assert listed(person) == [delivery.reference]
    assert person.api.get(f"/api/deliveries/{delivery.reference.lower()}").json()["id"] == delivery.reference


@pytest.mark.parametrize("who", ["colleague", "rival_dispatcher", "rival_vendor", "rival_retailer"])
def test_for_all_others_it_is_not_there(who: str, request: pytest.FixtureRequest, delivery: Delivery) -> None:
    person = request.getfixturevalue(who)
    assert listed(person) == []
    for path in (delivery.reference, "DEL9999", "DEL99999999999999999999", "D3001", "DEL-1", "DEL0", "DEL%00"):
        answer = person.api.get(f"/api/deliveries/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_without_a_token_nothing_is_there(stranger: APIClient, delivery: Delivery) -> None:
    for path in ("/api/deliveries", f"/api/deliveries/{delivery.reference}", f"/api/deliveries/{delivery.reference}/proof"):
        assert stranger.get(path).status_code == 401


def test_a_driver_does_not_see_what_has_no_driver_yet(driver: Person, order: Order) -> None:
    DeliveryFactory(order=order, partner=driver.of)
    assert listed(driver) == []


def test_it_is_shown_in_full(staff: Person, delivery: Delivery) -> None:
    shown = staff.api.get(f"/api/deliveries/{delivery.reference}").json()
    assert shown["pickup"] == {
        "name": "Ahmed Foods LLC",
        "phone": "+97142223344",
        "address": {"line1": "Al Quoz Industrial 3, Warehouse 12", "area": "Al Quoz", "emirate": "Dubai"},
    }
    assert shown["dropoff"] == {
        "name": "Fresh Mart Supermarket",
        "phone": "+97142998877",
        "address": {"line1": "Al Wasl Road 12", "area": "Al Wasl", "emirate": "Dubai"},
        "landmark": "opposite the mosque",
        "latitude": 25.204849,
        "longitude": 55.270782,
    }
    assert shown["items"] == [{"name": "Pepsi 330ml", "unit": "carton", "quantity": 100}]
    assert (shown["cash_to_collect"], shown["proof"]) == ("0.00", None)


def test_an_address_without_a_phone_falls_back_on_the_shops(driver: Person, delivery: Delivery) -> None:
    order = delivery.order
    order.address = {"line1": "Al Wasl Road 12", "emirate": "Dubai"}
    order.save()
    dropoff = driver.api.get(f"/api/deliveries/{delivery.reference}").json()["dropoff"]
    assert dropoff["phone"] == order.retailer.company.phone
    assert (dropoff["landmark"], dropoff["latitude"]) == ("", None)


@pytest.mark.parametrize(
    ("status", "is_shown"), [("processing", False), ("cancelled", False), ("ready", True), ("picked_up", True), ("completed", True)]
)
def test_retailer_and_vendor_learn_each_others_phone_when_it_is_ready(
    status: str, is_shown: bool, vendor: Person, retailer: Person, driver: Person, staff: Person, delivery: Delivery
) -> None:
    Order.objects.filter(pk=delivery.order_id).update(status=status)

    def phones(person: Person) -> tuple[bool, bool]:
        shown = person.api.get(f"/api/deliveries/{delivery.reference}").json()
        return bool(shown["pickup"]["phone"]), bool(shown["dropoff"]["phone"])

    assert phones(vendor) == (True, is_shown)
    assert phones(retailer) == (is_shown, True)
    assert phones(driver) == phones(staff) == (True, True)


def test_the_newest_comes_first_and_a_state_filters(staff: Person, dispatcher: Person) -> None:
    first, second = (DeliveryFactory(partner=dispatcher.of) for _ in range(2))
    Delivery.objects.filter(pk=first.pk).update(status="delivered")
    assert listed(staff) == [second.reference, first.reference]
    assert listed(dispatcher, status="delivered") == [first.reference]


@pytest.mark.parametrize(
    "query", [{"status": "flying"}, {"status": ""}, {"driver__password__startswith": "a"}, {"page": "0"}, {"limit": "101"}]
)
def test_refuses_what_cannot_be_asked(staff: Person, query: dict[str, str]) -> None:
    answer = staff.api.get("/api/deliveries", query)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == list(query)


def test_a_longer_list_costs_no_more_queries(dispatcher: Person, driver: Person) -> None:
    DeliveryFactory(partner=dispatcher.of, driver=driver.user)
    listed(dispatcher)
    with CaptureQueriesContext(connection) as one:
        listed(dispatcher)
    for _ in range(4):
        delivery = DeliveryFactory(order=OrderFactory(), partner=dispatcher.of, driver=driver.user)
        DeliveryStep.objects.create(delivery=delivery, status="picked_up")
    with CaptureQueriesContext(connection) as many:
        assert len(listed(dispatcher)) == 5
    assert len(many) == len(one) <= 6
