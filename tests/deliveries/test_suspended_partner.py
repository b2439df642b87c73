"""What a suspended partner carries is moved on by staff, on record as theirs; what it does not carry yet goes to another."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from aqad.audit.models import Event
from aqad.core.errors import Forbidden, Invalid, InvalidTransition
from deliveries.actions import reporting
from deliveries.actions.partners import reinstate_partner, suspend_partner
from deliveries.invariants import steps_are_allowed
from deliveries.models import Delivery
from deliveries.statuses import CARRIED, TRANSITIONS, DeliveryStatus
from orders.models import Order
from payments.models import CashCollection
from tests.backoffice.given import browser_of, words
from tests.cast import Person
from tests.deliveries.test_steps import ORDER_BECOMES, WORDS, bring_to, everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
Report = Callable[..., Any]
HOW = "Their dispatcher told us on the phone."
STEPS = [(before, after) for before in sorted(CARRIED) for after in sorted(TRANSITIONS[before])]


@pytest.fixture
def suspended(driver: Person, staff: Person) -> Callable[[], None]:
    return lambda: suspend_partner(driver.of, reason="Complaints", actor=staff.actor) and None


@pytest.fixture
def office(staff: Person) -> Client:
    return browser_of(staff)


def press(office: Client, delivery: Delivery, status: str, **said: str) -> str:
    form = {"status": status, "note": HOW, "recipient_name": "", "cash_collected": "", **said}
    return words(office.post(f"/admin/deliveries/delivery/{delivery.pk}/do/report", form, follow=True))


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_staff_take_each_step_that_the_partner_might_have_taken(
    before: str,
    after: str,
    report: Report,
    driver: Person,
    staff: Person,
    office: Client,
    delivery: Delivery,
    suspended: Callable[[], None],
) -> None:
    bring_to(before, report, driver, delivery)
    suspended()
    assert report(driver, delivery, after, **WORDS.get(after, {})).status_code == 401
    assert "It is on record as yours." in press(office, delivery, after, **{**WORDS.get(after, {}), "note": HOW})
    delivery.refresh_from_db()
    delivery.order.refresh_from_db()
    assert (delivery.status, delivery.order.status) == (after, ORDER_BECOMES[before, after])
    assert delivery.steps.order_by("pk").values_list("note", flat=True).last() == HOW
    assert Event.objects.filter(verb=f"deliveries.{after}").order_by("pk").last().actor == staff.actor.name
    assert steps_are_allowed() == []


def test_cash_is_booked_to_the_last_fils_or_nothing_is(
    report: Report, driver: Person, staff: Person, office: Client, cash_delivery: Delivery, suspended: Callable[[], None]
) -> None:
    bring_to("out_for_delivery", report, driver, cash_delivery)
    suspended()
    before, total = everything(cash_delivery), cash_delivery.order.total
    for cash in ("", "0.00", f"{total - Decimal('0.01')}"):
        assert "Collect exactly" in press(office, cash_delivery, "delivered", recipient_name="Fatima Noor", cash_collected=cash)
    assert everything(cash_delivery) == before
    press(office, cash_delivery, "delivered", recipient_name="Fatima Noor", cash_collected=str(total))
    assert (CashCollection.objects.get().amount, CashCollection.objects.get().collected_by) == (total, staff.actor.name)
    assert Order.objects.get(pk=cash_delivery.order_id).status == "completed"


def test_they_must_say_how_they_know(
    report: Report, driver: Person, staff: Person, office: Client, delivery: Delivery, suspended: Callable[[], None]
) -> None:
    bring_to("picked_up", report, driver, delivery)
    suspended()
    before = everything(delivery)
    press(office, delivery, "returned", note=" ")
    with pytest.raises(Invalid):
        reporting.report_for_suspended(delivery, reporting.Report(DeliveryStatus.RETURNED), actor=staff.actor)
    assert everything(delivery) == before


@pytest.mark.parametrize("state", ["assigned", "picked_up", "out_for_delivery", "delivered"])
def test_staff_report_nothing_that_the_partner_can_report_or_does_not_carry(
    state: str, report: Report, driver: Person, staff: Person, office: Client, delivery: Delivery, suspended: Callable[[], None]
) -> None:
    bring_to(state, report, driver, delivery)
    suspended()
    if state in CARRIED:
        reinstate_partner(driver.of, actor=staff.actor)
    before = everything(delivery)
    assert "Report a step" not in words(office.get(f"/admin/deliveries/delivery/{delivery.pk}/change/"))
    assert "Staff report only what a suspended partner carries." in press(office, delivery, "returned")
    with pytest.raises(InvalidTransition):
        reporting.report_for_suspended(delivery, reporting.Report(DeliveryStatus.RETURNED, note=HOW), actor=staff.actor)
    assert everything(delivery) == before


def test_nobody_but_staff_may(
    report: Report, vendor: Person, retailer: Person, driver: Person, dispatcher: Person, delivery: Delivery, suspended: Callable[[], None]
) -> None:
    bring_to("picked_up", report, driver, delivery)
    suspended()
    before = everything(delivery)
    for person in (vendor, retailer, driver, dispatcher):
        with pytest.raises(Forbidden):
            reporting.report_for_suspended(delivery, reporting.Report(DeliveryStatus.RETURNED, note=HOW), actor=person.actor)
    assert everything(delivery) == before


def test_the_back_office_counts_and_lists_what_is_stuck(
    report: Report, driver: Person, office: Client, delivery: Delivery, cash_delivery: Delivery, suspended: Callable[[], None]
) -> None:
    bring_to("picked_up", report, driver, delivery)
    stuck = "/admin/deliveries/delivery/?carrier=suspended"
    assert delivery.reference not in words(office.get(stuck))
    suspended()
    assert f'href="{stuck}"><strong>1</strong> deliveries that a suspended partner carries' in words(office.get("/admin/"))
    listed = words(office.get(stuck))
    assert delivery.reference in listed
    assert cash_delivery.reference not in listed
    assert "Report a step for the suspended partner" in words(office.get(f"/admin/deliveries/delivery/{delivery.pk}/change/"))
