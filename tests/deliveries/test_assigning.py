"""Who carries what: staff assign, staff and dispatchers change it before pick-up."""

from __future__ import annotations

from typing import Any

import pytest

from aqad.audit.models import Event
from deliveries.models import Delivery
from orders.models import Order
from tests import cast
from tests.cast import Person
from tests.factories.people import DeliveryPartnerFactory

pytestmark = pytest.mark.embedded


def assign(person: Person, order: Order, partner: Any, **body: Any) -> Any:
    return person.api.post("/api/deliveries", {"order": order.reference, "partner": partner.reference, **body}, format="json")


def change(person: Person, delivery: Delivery, **body: Any) -> Any:
    return person.api.patch(f"/api/deliveries/{delivery.reference}", body, format="json")


@pytest.mark.parametrize("status", ["processing", "ready"])
def test_staff_give_an_order_to_a_partner_and_a_driver(staff: Person, order: Order, driver: Person, status: str) -> None:
    Order.objects.filter(pk=order.pk).update(status=status)
    answer = assign(staff, order, driver.of, driver=driver.user.email.upper())
    assert answer.status_code == 201, answer.content
    delivery = Delivery.objects.get()
    shown = answer.json()
    assert (shown["id"], shown["status"], shown["order"]) == (delivery.reference, "assigned", order.reference)
    assert shown["partner"] == {"id": driver.of.reference, "name": "FastTrack Logistics"}
    assert shown["driver"] == {"name": driver.user.name, "phone": driver.user.phone}
    assert [event["status"] for event in shown["events"]] == ["assigned"]
    event = Event.objects.get(verb="deliveries.assigned")
    assert (event.subject, event.about, event.actor_user_id) == (delivery.reference, order.reference, staff.user.pk)
    assert event.facts == {"partner": driver.of.reference, "driver": driver.user.pk}


def test_a_driver_may_come_later(staff: Person, order: Order, dispatcher: Person) -> None:
    answer = assign(staff, order, dispatcher.of, driver=None)
    assert answer.status_code == 201
    assert answer.json()["driver"] is None


@pytest.mark.parametrize(
    "status", ["pending_payment", "pending", "picked_up", "out_for_delivery", "completed", "failed", "cancelled", "rejected", "returned"]
)
def test_refuses_an_order_in_any_other_state(staff: Person, order: Order, dispatcher: Person, status: str) -> None:
    Order.objects.filter(pk=order.pk).update(status=status)
    answer = assign(staff, order, dispatcher.of)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["status"]) == ("invalid_transition", status)
    assert not Delivery.objects.exists()
    assert not Event.objects.exists()


def test_refuses_a_second_live_delivery(staff: Person, delivery: Delivery, rival_dispatcher: Person) -> None:
    answer = assign(staff, delivery.order, rival_dispatcher.of)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["delivery"]) == ("conflict", delivery.reference)
    assert Delivery.objects.count() == 1


def test_a_key_assigns_once(staff: Person, order: Order, dispatcher: Person) -> None:
    body = {"order": order.reference, "partner": dispatcher.of.reference}
    first = staff.api.post("/api/deliveries", body, format="json", headers={"Idempotency-Key": "assign-1"})
    again = staff.api.post("/api/deliveries", body, format="json", headers={"Idempotency-Key": "assign-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Delivery.objects.count() == 1


def test_refuses_a_partner_that_does_not_serve_the_emirate(staff: Person, order: Order) -> None:
    answer = assign(staff, order, DeliveryPartnerFactory(emirates=["Fujairah"]))
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"partner": ["This partner does not serve Dubai."]}
    assert not Delivery.objects.exists()


def test_refuses_a_suspended_partner(staff: Person, order: Order) -> None:
    answer = assign(staff, order, DeliveryPartnerFactory(company__status="suspended"))
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["partner"]
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("who", ["dispatcher", "retailer", "rivals_driver", "deactivated", "nobody"])
def test_refuses_whoever_is_no_active_driver_of_the_partner(
    who: str, staff: Person, order: Order, dispatcher: Person, retailer: Person, rival_dispatcher: Person
) -> None:
    gone = cast.a_driver(dispatcher.of)
    gone.user.is_active = False
    gone.user.save()
    emails = {
        "dispatcher": dispatcher.user.email,
        "retailer": retailer.user.email,
        "rivals_driver": cast.a_driver(rival_dispatcher.of).user.email,
        "deactivated": gone.user.email,
        "nobody": "nobody@shop.test",
    }
    answer = assign(staff, order, dispatcher.of, driver=emails[who])
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"driver": ["This partner has no active driver with this e-mail."]}
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"order", "partner"}),
        ({"order": "ORD9999", "partner": "D9999"}, {"order", "partner"}),
        ({"order": "1001", "partner": 3001}, {"order", "partner"}),
        ({"order": "D3001", "partner": "ORD1001"}, {"order", "partner"}),
        ({"order": "ORD99999999999999999999", "partner": "D3001\x00"}, {"order", "partner"}),
    ],
)
def test_refuses_references_that_lead_nowhere(staff: Person, body: dict[str, Any], fields: set[str]) -> None:
    answer = staff.api.post("/api/deliveries", body, format="json")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == fields


@pytest.mark.parametrize("who", ["vendor", "retailer", "dispatcher", "driver"])
def test_only_staff_assign(who: str, request: pytest.FixtureRequest, order: Order, dispatcher: Person) -> None:
    answer = assign(request.getfixturevalue(who), order, dispatcher.of)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Delivery.objects.exists()


def test_a_dispatcher_hands_a_delivery_to_a_colleague(dispatcher: Person, driver: Person, colleague: Person, delivery: Delivery) -> None:
    answer = change(dispatcher, delivery, driver=colleague.user.email)
    assert answer.status_code == 200, answer.content
    assert answer.json()["driver"]["name"] == colleague.user.name
    path = f"/api/deliveries/{delivery.reference}"
    assert (driver.api.get(path).status_code, colleague.api.get(path).status_code) == (404, 200)
    event = Event.objects.get()
    partner = dispatcher.of.reference
    assert (event.verb, event.about) == ("deliveries.reassigned", delivery.order.reference)
    assert event.facts == {
        "before": {"partner": partner, "driver": driver.user.pk},
        "partner": partner,
        "driver": colleague.user.pk,
    }


def test_a_dispatcher_takes_the_driver_off(dispatcher: Person, delivery: Delivery) -> None:
    assert change(dispatcher, delivery, driver=None).json()["driver"] is None


def test_the_same_driver_again_changes_nothing(dispatcher: Person, driver: Person, delivery: Delivery) -> None:
    assert change(dispatcher, delivery, driver=driver.user.email).status_code == 200
    assert not Event.objects.exists()


def test_staff_give_it_to_another_partner_who_starts_without_a_driver(staff: Person, delivery: Delivery, rival_dispatcher: Person) -> None:
    answer = change(staff, delivery, partner=rival_dispatcher.of.reference)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["partner"]["id"], answer.json()["driver"]) == (rival_dispatcher.of.reference, None)
    assert rival_dispatcher.api.get(f"/api/deliveries/{delivery.reference}").status_code == 200


def test_staff_change_partner_and_driver_together(staff: Person, delivery: Delivery, rival_dispatcher: Person) -> None:
    theirs = cast.a_driver(rival_dispatcher.of)
    answer = change(staff, delivery, partner=rival_dispatcher.of.reference, driver=theirs.user.email)
    assert answer.json()["driver"]["name"] == theirs.user.name


@pytest.mark.parametrize(
    ("who", "body", "field"),
    [
        ("staff", {}, "driver"),
        ("staff", {"partner": "D9999"}, "partner"),
        ("staff", {"partner": None}, "partner"),
        ("staff", {"driver": "nobody@shop.test"}, "driver"),
        ("staff", {"driver": "not an address"}, "driver"),
        ("staff", {"status": "delivered", "driver": None}, "status"),
        ("dispatcher", {"partner": "D3001"}, "partner"),
    ],
)
def test_refuses_a_change_that_cannot_be(
    who: str, body: dict[str, Any], field: str, request: pytest.FixtureRequest, delivery: Delivery
) -> None:
    before = Delivery.objects.values().get()
    answer = change(request.getfixturevalue(who), delivery, **body)
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert Delivery.objects.values().get() == before


def test_refuses_a_partner_that_may_not_or_does_not_carry_there(staff: Person, delivery: Delivery) -> None:
    for partner in (DeliveryPartnerFactory(company__status="suspended"), DeliveryPartnerFactory(emirates=["Ajman"])):
        assert change(staff, delivery, partner=partner.reference).status_code == 422
    assert Delivery.objects.get().partner_id == delivery.partner_id


@pytest.mark.parametrize("status", ["picked_up", "out_for_delivery", "attempt_failed", "delivered", "returned", "cancelled"])
def test_refuses_a_change_after_pick_up(dispatcher: Person, colleague: Person, delivery: Delivery, status: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(status=status)
    answer = change(dispatcher, delivery, driver=colleague.user.email)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["status"]) == ("invalid_transition", status)
    assert Delivery.objects.get().driver_id == delivery.driver_id


@pytest.mark.parametrize(
    ("who", "status"), [("driver", 403), ("colleague", 403), ("vendor", 403), ("retailer", 403), ("rival_dispatcher", 404)]
)
def test_nobody_else_changes_it(who: str, status: int, request: pytest.FixtureRequest, delivery: Delivery, colleague: Person) -> None:
    answer = change(request.getfixturevalue(who), delivery, driver=colleague.user.email)
    assert answer.status_code == status
    assert Delivery.objects.get().driver_id == delivery.driver_id


def test_a_delivery_stays_with_the_partner_when_its_driver_is_shut_out(dispatcher: Person, driver: Person, delivery: Delivery) -> None:
    assert driver.api.get(f"/api/deliveries/{delivery.reference}").status_code == 200
    driver.user.is_active = False
    driver.user.save()
    assert driver.api.get(f"/api/deliveries/{delivery.reference}").status_code == 401
    assert [row["id"] for row in dispatcher.api.get("/api/deliveries").json()["results"]] == [delivery.reference]
