"""The vendor's queue: the longest waiting first, one step or several, and one that cannot be done stops no other."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.audit.models import Event
from aqad.core import clock
from catalog.models import Product
from orders.models import Order
from orders.signals import order_ready
from payments.models import Refund
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.trade import DeliveryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
QUEUE, NOW, STEPS = "/orders/queue", "/orders/queue/now", "/orders/steps"


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


def page(person: Person, address: str = QUEUE) -> str:
    answer = browser(person).get(address)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def told(answer: Any) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]


def states(*orders: Order) -> list[str]:
    return [Order.objects.get(pk=order.pk).status for order in orders]


def test_shows_each_order_where_it_stands_the_longest_waiting_first(vendor: Person, retailer: Person, pepsi: Product) -> None:
    young = an_order(retailer.of, pepsi, released_at=clock.now() - timedelta(hours=1))
    old = an_order(retailer.of, pepsi, released_at=clock.now() - timedelta(hours=5, minutes=2))
    accepted = an_order(retailer.of, pepsi, status="processing")
    packed = an_order(retailer.of, pepsi, status="ready")
    done = an_order(retailer.of, pepsi, status="completed")
    unpaid = an_order(retailer.of, pepsi, status="pending_payment")
    shown = page(vendor)
    assert re.findall(r'data-order="(\w+)"', shown) == [order.reference for order in (old, young, accepted, packed)]
    assert "Waiting for 5\xa0hours" in shown
    assert "Pepsi 330ml" in shown
    assert done.reference not in shown
    assert unpaid.reference not in shown


def test_says_in_words_how_long_there_is_and_what_is_overdue(vendor: Person, retailer: Person, pepsi: Product) -> None:
    an_order(retailer.of, pepsi, accept_by=clock.now() + timedelta(hours=3, minutes=30, seconds=30))
    assert "3\xa0hours, 30\xa0minutes left" in page(vendor)
    assert "Overdue" not in page(vendor)
    an_order(retailer.of, pepsi, accept_by=clock.now() - timedelta(minutes=1))
    assert "Overdue" in page(vendor)


def test_one_order_is_accepted_then_made_ready(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order, client = an_order(retailer.of, pepsi), browser(vendor)
    answer = client.post(STEPS, {"step": "accept", "orders": order.reference})
    assert (answer.status_code, answer.headers["Location"]) == (302, QUEUE)
    assert told(answer) == [("success", f"{order.reference} is accepted.")]
    answer = client.post(STEPS, {"step": "ready", "orders": order.reference})
    assert states(order) == ["ready"]
    assert ("success", f"{order.reference} is ready for pick-up.") in told(answer)


def test_several_are_done_at_once_and_a_bad_one_stops_no_other(
    vendor: Person, rival_vendor: Person, retailer: Person, pepsi: Product
) -> None:
    first, last = an_order(retailer.of, pepsi), an_order(retailer.of, pepsi)
    cancelled = an_order(retailer.of, pepsi, status="cancelled")
    foreign = an_order(retailer.of, ProductFactory(vendor=rival_vendor.of, name="Cola", slug="cola"))
    wanted = [first.reference, cancelled.reference, foreign.reference, "ORD9999999", "nonsense", last.reference, first.reference]
    answer = browser(vendor).post(STEPS, {"step": "accept", "orders": wanted})
    assert states(first, cancelled, foreign, last) == ["processing", "cancelled", "pending", "processing"]
    assert told(answer) == [
        ("success", f"2 orders are accepted: {first.reference}, {last.reference}."),
        ("error", f"Not done: {cancelled.reference} is “Cancelled”; this step is not possible any more."),
        ("error", f"Not done: {foreign.reference}: Not found."),
        ("error", "Not done: ORD9999999: Not found."),
        ("error", "Not done: nonsense: Not found."),
    ]


def test_a_defect_with_one_order_stops_no_other_and_leaves_it_as_it_was(vendor: Person, retailer: Person, pepsi: Product) -> None:
    bad, good = (an_order(retailer.of, pepsi, status="processing") for _ in range(2))

    def break_down(sender: Any, *, order: Order, **given: Any) -> None:
        if order.pk == bad.pk:
            raise RuntimeError("a defect")

    order_ready.connect(break_down)
    try:
        answer = browser(vendor).post(STEPS, {"step": "ready", "orders": [bad.reference, good.reference]})
    finally:
        order_ready.disconnect(break_down)
    assert states(bad, good) == ["processing", "ready"]
    assert ("error", f"Not done: {bad.reference}: Something went wrong on our side.") in told(answer)


def test_a_step_sent_twice_is_told_to_be_done(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order, client = an_order(retailer.of, pepsi), browser(vendor)
    for _ in range(2):
        answer = client.post(STEPS, {"step": "accept", "orders": order.reference})
    assert told(answer)[-1] == ("success", f"{order.reference} was done already.")
    assert states(order) == ["processing"]


def test_each_order_of_a_form_that_is_sent_twice_is_done_once_however_far_it_went_since(
    vendor: Person, retailer: Person, pepsi: Product
) -> None:
    first, second, third = (an_order(retailer.of, pepsi) for _ in range(3))
    client = browser(vendor)
    form = {"step": "accept", "idempotency_key": "of-the-form"}
    client.post(STEPS, {**form, "orders": [first.reference, second.reference]})
    Order.objects.filter(pk=first.pk).update(status="picked_up")
    answer = client.post(STEPS, {**form, "orders": [first.reference, second.reference, third.reference]})
    assert told(answer)[-3:] == [
        ("success", f"{third.reference} is accepted."),
        ("success", f"{first.reference} was done already."),
        ("success", f"{second.reference} was done already."),
    ]
    assert states(first, second, third) == ["picked_up", "processing", "processing"]
    assert Event.objects.filter(verb="orders.accepted").count() == 3


def test_what_was_refused_may_be_tried_again_with_the_same_form(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order, client = an_order(retailer.of, pepsi, status="pending_payment", released_at=clock.now()), browser(vendor)
    form = {"step": "accept", "orders": order.reference, "idempotency_key": "of-the-form"}
    assert told(client.post(STEPS, form))[0][0] == "error"
    Order.objects.filter(pk=order.pk).update(status="pending")
    assert told(client.post(STEPS, form))[-1] == ("success", f"{order.reference} is accepted.")


def test_every_form_of_the_queue_bears_a_key(vendor: Person) -> None:
    shown = page(vendor)
    keys = re.findall(r'name="idempotency_key" value="([^"]+)"', " ".join(shown.split()))
    assert len(keys) == len(set(keys)) == shown.count('name="step"') > 0


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"step": "accept"}, "Select at least one order first."),
        ({"step": "cancel", "orders": "ORD1001"}, '"cancel" is not a valid choice.'),
        (
            {"step": "accept", "orders": [f"ORD{number}" for number in range(1001, 1052)]},
            "Ensure this field has no more than 50 elements.",
        ),
    ],
)
def test_says_why_nothing_was_done(vendor: Person, retailer: Person, pepsi: Product, sent: dict[str, Any], words: str) -> None:
    order = an_order(retailer.of, pepsi)
    answer = browser(vendor).post(STEPS, sent)
    assert told(answer) == [("error", words)]
    assert states(order) == ["pending"]


def test_rejects_with_a_reason_and_gives_the_money_back(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order, client = an_order(retailer.of, pepsi), browser(vendor)
    address = f"/orders/queue/{order.reference}/reject"
    assert "The money goes back to its card." in page(vendor, address)
    answer = client.post(address, {"reason": "Out of stock"})
    assert (answer.status_code, answer.headers["Location"]) == (302, QUEUE)
    order.refresh_from_db()
    assert (order.status, order.reason) == ("rejected", "Out of stock")
    assert Refund.objects.get().amount == order.total


def test_asks_again_for_a_missing_reason_and_keeps_what_was_typed(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order, client = an_order(retailer.of, pepsi), browser(vendor)
    address = f"/orders/queue/{order.reference}/reject"
    answer = client.post(address, {"reason": " "})
    assert (answer.status_code, states(order)) == (422, ["pending"])
    assert "Reason is required." in answer.content.decode()
    Order.objects.update(status="processing")
    answer = client.post(address, {"reason": "Too late for us"})
    assert (answer.status_code, states(order)) == (409, ["processing"])
    assert "Too late for us</textarea>" in answer.content.decode()


def test_only_vendors_work_here_and_a_stranger_learns_nothing(
    vendor: Person, rival_vendor: Person, retailer: Person, driver: Person, staff: Person, pepsi: Product
) -> None:
    order = an_order(retailer.of, pepsi)
    address = f"/orders/queue/{order.reference}/reject"
    for person in (retailer, driver, staff):
        assert {browser(person).get(path).status_code for path in (QUEUE, NOW, address)} == {403}
        assert browser(person).post(STEPS, {"step": "accept", "orders": order.reference}).status_code == 403
    assert order.reference not in page(rival_vendor)
    assert browser(rival_vendor).get(address).status_code == browser(rival_vendor).post(address, {"reason": "x"}).status_code == 404
    assert states(order) == ["pending"]


def test_the_fragment_is_sent_again_only_when_something_changed(vendor: Person, retailer: Person, pepsi: Product) -> None:
    client = browser(vendor)
    an_order(retailer.of, pepsi)
    first = client.get(NOW)
    assert b"csrfmiddlewaretoken" not in first.content
    assert client.get(NOW, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    an_order(retailer.of, pepsi)
    again = client.get(NOW, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_shows_the_fifty_that_wait_longest_and_how_many_there_are(vendor: Person, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, quantity=1)
    fields = {field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields if not field.primary_key}
    Order.objects.bulk_create(Order(**fields) for _ in range(51))
    shown = page(vendor)
    assert shown.count("data-order=") == 50
    assert "These are the 50 that have waited longest, of 52." in shown


@pytest.mark.parametrize("address", [QUEUE, NOW])
def test_asks_the_database_equally_often_whatever_waits(
    vendor: Person, retailer: Person, driver: Person, pepsi: Product, address: str
) -> None:
    client, counts = browser(vendor), []
    for number in (3, 17):
        for _ in range(number):
            for status in ("pending", "processing", "ready"):
                order = an_order(retailer.of, pepsi, quantity=1, status=status)
            DeliveryFactory(order=order, partner=driver.of, driver=driver.user)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
