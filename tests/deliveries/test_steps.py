"""From the vendor's gate to the shop's door: every step, and every step that is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aqad.audit.models import Event
from deliveries.models import Delivery, DeliveryStep
from deliveries.statuses import REPORTABLE, TRANSITIONS
from orders.models import Order
from payments.models import CashCollection
from tests.cast import Person

pytestmark = pytest.mark.embedded
Report = Callable[..., Any]

# How a delivery gets into each state, by reports.
WAYS: dict[str, list[str]] = {
    "assigned": [],
    "picked_up": ["picked_up"],
    "out_for_delivery": ["picked_up", "out_for_delivery"],
    "attempt_failed": ["picked_up", "out_for_delivery", "attempt_failed"],
    "delivered": ["picked_up", "out_for_delivery", "delivered"],
    "returned": ["picked_up", "returned"],
}
WORDS: dict[str, dict[str, str]] = {"attempt_failed": {"note": "The shop was closed."}, "delivered": {"recipient_name": "Fatima Noor"}}
ALLOWED = sorted((before, after) for before, following in TRANSITIONS.items() for after in following if after != "cancelled")
FORBIDDEN = [(before, after) for before in WAYS for after in REPORTABLE if after not in TRANSITIONS[before]]
# What the contract's table says becomes of the order.
ORDER_BECOMES = {
    ("assigned", "picked_up"): "picked_up",
    ("picked_up", "out_for_delivery"): "out_for_delivery",
    ("picked_up", "returned"): "returned",
    ("out_for_delivery", "delivered"): "completed",
    ("out_for_delivery", "attempt_failed"): "out_for_delivery",
    ("out_for_delivery", "returned"): "returned",
    ("attempt_failed", "out_for_delivery"): "out_for_delivery",
    ("attempt_failed", "returned"): "returned",
}


def bring_to(state: str, report: Report, driver: Person, delivery: Delivery) -> None:
    for step in WAYS[state]:
        answer = report(driver, delivery, step, **WORDS.get(step, {}))
        assert answer.status_code == 200, answer.content


def everything(delivery: Delivery) -> Any:
    """What a refused step must leave as it was."""
    fresh = Delivery.objects.values().get(pk=delivery.pk)
    order = Order.objects.values().get(pk=delivery.order_id)
    return fresh, order, DeliveryStep.objects.count(), Event.objects.count(), CashCollection.objects.count()


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_a_step_of_the_table_is_taken(before: str, after: str, report: Report, driver: Person, delivery: Delivery) -> None:
    bring_to(before, report, driver, delivery)
    answer = report(driver, delivery, after, **WORDS.get(after, {}))
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == after
    assert answer.json()["events"][-1]["status"] == after
    assert Order.objects.get(pk=delivery.order_id).status == ORDER_BECOMES[before, after]


@pytest.mark.parametrize(("before", "after"), FORBIDDEN)
def test_refuses_a_step_that_is_not_in_the_table(before: str, after: str, report: Report, driver: Person, delivery: Delivery) -> None:
    bring_to(before, report, driver, delivery)
    untouched = everything(delivery)
    answer = report(driver, delivery, after, **WORDS.get(after, {}))
    assert answer.status_code == 409, answer.content
    assert (answer.json()["code"], answer.json()["status"]) == ("invalid_transition", before)
    assert everything(delivery) == untouched


def test_a_delivery_is_told_from_the_gate_to_the_door(report: Report, driver: Person, delivery: Delivery) -> None:
    report(driver, delivery, "picked_up", note="12 boxes\nof 100")
    report(driver, delivery, "out_for_delivery")
    report(driver, delivery, "attempt_failed", note="Closed for prayer.")
    report(driver, delivery, "out_for_delivery")
    shown = report(driver, delivery, "delivered", recipient_name="  Fatima Noor ").json()
    assert [(event["status"], event["note"]) for event in shown["events"]] == [
        ("assigned", ""),
        ("picked_up", "12 boxes\nof 100"),
        ("out_for_delivery", ""),
        ("attempt_failed", "Closed for prayer."),
        ("out_for_delivery", ""),
        ("delivered", ""),
    ]
    assert shown["proof"] == {
        "recipient_name": "Fatima Noor",
        "photo": None,
        "cash_collected": None,
        "at": shown["events"][-1]["at"],
    }
    assert shown["cash_to_collect"] == "0.00"


def test_each_step_is_on_record_once_without_any_name(report: Report, driver: Person, delivery: Delivery) -> None:
    bring_to("delivered", report, driver, delivery)
    events = Event.objects.filter(subject=delivery.reference).order_by("pk")
    assert [event.verb for event in events] == ["deliveries.picked_up", "deliveries.out_for_delivery", "deliveries.delivered"]
    assert {event.about for event in events} == {delivery.order.reference}
    assert events[0].facts == {"before": "assigned", "after": "picked_up"}
    assert "Fatima" not in str([event.facts for event in events])
    own = Event.objects.filter(subject=delivery.order.reference).order_by("pk")
    assert [event.short_verb for event in own] == ["picked_up", "out_for_delivery", "completed"]


def test_waits_until_the_vendor_is_ready(report: Report, driver: Person, delivery: Delivery) -> None:
    Order.objects.filter(pk=delivery.order_id).update(status="processing")
    untouched = everything(delivery)
    answer = report(driver, delivery, "picked_up")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["status"]) == ("invalid_transition", "processing")
    assert everything(delivery) == untouched


def test_a_dispatcher_reports_for_the_driver(report: Report, dispatcher: Person, delivery: Delivery) -> None:
    assert report(dispatcher, delivery, "picked_up").status_code == 200


@pytest.mark.parametrize("who", ["vendor", "retailer", "staff"])
def test_nobody_else_reports(who: str, request: pytest.FixtureRequest, report: Report, delivery: Delivery) -> None:
    untouched = everything(delivery)
    answer = report(request.getfixturevalue(who), delivery, "picked_up")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert everything(delivery) == untouched


@pytest.mark.parametrize("who", ["colleague", "rival_dispatcher"])
def test_what_is_not_ones_own_is_not_there(who: str, request: pytest.FixtureRequest, report: Report, delivery: Delivery) -> None:
    untouched = everything(delivery)
    answer = report(request.getfixturevalue(who), delivery, "no such step")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert everything(delivery) == untouched


@pytest.mark.parametrize(
    ("state", "body", "field"),
    [
        ("assigned", {}, "status"),
        ("assigned", {"status": "flying"}, "status"),
        ("assigned", {"status": "cancelled"}, "status"),
        ("assigned", {"status": "assigned"}, "status"),
        ("assigned", {"status": None}, "status"),
        ("assigned", {"status": ["picked_up"]}, "status"),
        ("assigned", {"status": "picked_up", "driver": "me"}, "driver"),
        ("assigned", {"status": "picked_up", "note": "x" * 1001}, "note"),
        ("assigned", {"status": "picked_up", "note": "\u202egnp"}, "note"),
        ("assigned", {"status": "picked_up", "recipient_name": "Fatima"}, "recipient_name"),
        ("assigned", {"status": "picked_up", "cash_collected": "1.00"}, "cash_collected"),
        ("assigned", {"status": "delivered"}, "recipient_name"),
        ("out_for_delivery", {"status": "delivered"}, "recipient_name"),
        ("out_for_delivery", {"status": "delivered", "recipient_name": " \u200b "}, "recipient_name"),
        ("out_for_delivery", {"status": "delivered", "recipient_name": "x" * 121}, "recipient_name"),
        ("out_for_delivery", {"status": "delivered", "recipient_name": "Fatima", "proof": "a photo"}, "proof"),
        ("out_for_delivery", {"status": "delivered", "recipient_name": "Fatima", "cash_collected": "5040.00"}, "cash_collected"),
        ("out_for_delivery", {"status": "attempt_failed"}, "note"),
        ("out_for_delivery", {"status": "attempt_failed", "note": "  "}, "note"),
    ],
)
def test_refuses_a_report_that_cannot_be(
    state: str, body: dict[str, Any], field: str, report: Report, driver: Person, delivery: Delivery
) -> None:
    bring_to(state, report, driver, delivery)
    untouched = everything(delivery)
    answer = driver.api.post(f"/api/deliveries/{delivery.reference}/status", body, format="json")
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert everything(delivery) == untouched


def test_the_right_cash_completes_the_order_and_is_booked_once(report: Report, driver: Person, cash_delivery: Delivery) -> None:
    bring_to("out_for_delivery", report, driver, cash_delivery)
    assert driver.api.get(f"/api/deliveries/{cash_delivery.reference}").json()["cash_to_collect"] == "5040.00"
    answer = report(driver, cash_delivery, "delivered", recipient_name="Fatima", cash_collected="5040.00")
    assert answer.status_code == 200, answer.content
    assert answer.json()["cash_to_collect"] == "0.00"
    assert answer.json()["proof"]["cash_collected"] == "5040.00"
    booked = CashCollection.objects.get()
    assert (booked.part, str(booked.amount), booked.payment_id) == (
        cash_delivery.order.reference,
        "5040.00",
        cash_delivery.order.payment_id,
    )
    order = Order.objects.select_related("payment").get(pk=cash_delivery.order_id)
    assert (order.status, order.payment.status) == ("completed", "paid")


@pytest.mark.parametrize("cash", [None, "0.00", "5039.99", "5040.01", "50400", "-5040.00", "5,040.00", 5040.001, True, "١٢"])
def test_refuses_any_other_cash(cash: Any, report: Report, driver: Person, cash_delivery: Delivery) -> None:
    bring_to("out_for_delivery", report, driver, cash_delivery)
    untouched = everything(cash_delivery)
    answer = report(driver, cash_delivery, "delivered", recipient_name="Fatima", cash_collected=cash)
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["errors"]) == ["cash_collected"]
    assert everything(cash_delivery) == untouched


def test_a_card_order_takes_no_cash_and_a_nought_is_no_cash(report: Report, driver: Person, delivery: Delivery) -> None:
    bring_to("out_for_delivery", report, driver, delivery)
    assert report(driver, delivery, "delivered", recipient_name="Fatima", cash_collected=0).status_code == 200
    assert not CashCollection.objects.exists()


def test_a_double_tap_with_a_key_is_one_step(report: Report, driver: Person, delivery: Delivery) -> None:
    first = report(driver, delivery, "picked_up", key="tap-1")
    untouched = everything(delivery)
    second = report(driver, delivery, "picked_up", key="tap-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert everything(delivery) == untouched
    other = report(driver, delivery, "out_for_delivery", key="tap-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert everything(delivery) == untouched


def test_a_refused_tap_leaves_its_key_free(report: Report, driver: Person, delivery: Delivery) -> None:
    Order.objects.filter(pk=delivery.order_id).update(status="processing")
    assert report(driver, delivery, "picked_up", key="tap-1").status_code == 409
    Order.objects.filter(pk=delivery.order_id).update(status="ready")
    assert report(driver, delivery, "picked_up", key="tap-1").status_code == 200


def test_reads_a_form_too(driver: Person, delivery: Delivery) -> None:
    answer = driver.api.post(
        f"/api/deliveries/{delivery.reference.lower()}/status", {"status": "picked_up", "note": ""}, format="multipart"
    )
    assert answer.status_code == 200, answer.content
