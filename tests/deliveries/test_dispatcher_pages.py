"""The dispatcher's board and list: who carries what, and giving deliveries out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.audit.models import Event
from deliveries.models import Delivery
from tests import cast
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
BOARD, COLUMNS, LIST = "/deliveries/board", "/deliveries/board/columns", "/deliveries"


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


@pytest.fixture
def waiting(vendor: Person, retailer: Person, dispatcher: Person) -> list[Delivery]:
    """Three that nobody has yet."""
    orders = [OrderFactory(vendor=vendor.of, retailer=retailer.of, method="cash_on_delivery") for _ in range(3)]
    return [DeliveryFactory(order=order, partner=dispatcher.of) for order in orders]


def assign(person: Person, deliveries: list[Delivery], driver: Person | None, *, key: str = "", client: Client | None = None) -> Any:
    body = {
        "deliveries": [delivery.reference for delivery in deliveries],
        "driver": driver.user.email if driver else "",
        "idempotency_key": key,
    }
    return (client or browser(person)).post(BOARD, body)


def drivers_of(deliveries: list[Delivery]) -> list[int | None]:
    return list(Delivery.objects.filter(pk__in=[row.pk for row in deliveries]).order_by("pk").values_list("driver_id", flat=True))


def columns(html: str) -> dict[str, list[str]]:
    """Column by its key → references of what may still be given away or not, in order."""
    parts = re.split(r'aria-labelledby="column-(\w+)"', html)[1:]
    return {key: re.findall(r'class="reference strong">(DEL\d+)<', part) for key, part in zip(parts[::2], parts[1::2], strict=True)}


class TestBoard:
    def test_shows_by_driver_what_is_open_unassigned_first(
        self, dispatcher: Person, driver: Person, waiting: list[Delivery], delivery: Delivery
    ) -> None:
        idle = cast.a_driver(dispatcher.of)
        Delivery.objects.filter(pk=waiting[2].pk).update(status="cancelled")
        html = browser(dispatcher).get(BOARD).content.decode()
        shown = columns(html)
        assert next(iter(shown)) == "nobody"
        assert shown == {
            "nobody": [row.reference for row in waiting[:2]],
            str(driver.user.pk): [delivery.reference],
            str(idle.user.pk): [],
        }
        for words in ("100 cartons", "AED&nbsp;5,040.00", "Fresh Mart Supermarket", "Al Wasl, Dubai", "less than a minute"):
            assert words in html

    def test_offers_to_give_away_only_what_was_not_picked_up(self, dispatcher: Person, waiting: list[Delivery]) -> None:
        Delivery.objects.filter(pk=waiting[0].pk).update(status="picked_up")
        html = browser(dispatcher).get(BOARD).content.decode()
        assert re.findall(r'name="deliveries"\s+value="(DEL\d+)"', html) == [row.reference for row in waiting[1:]]

    def test_moves_by_itself_and_costs_nothing_while_it_stays(self, dispatcher: Person, driver: Person, waiting: list[Delivery]) -> None:
        client = browser(dispatcher)
        assert f'data-live="{COLUMNS}"' in client.get(BOARD).content.decode()
        first = client.get(COLUMNS)
        assert "csrfmiddlewaretoken" not in first.content.decode()
        assert client.get(COLUMNS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assign(dispatcher, waiting[:1], driver)
        moved = client.get(COLUMNS, headers={"If-None-Match": first.headers["ETag"]})
        assert moved.status_code == 200
        assert columns(moved.content.decode())[str(driver.user.pk)] == [waiting[0].reference]

    def test_is_for_dispatchers_and_shows_the_own_partner_alone(
        self, driver: Person, vendor: Person, rival_dispatcher: Person, waiting: list[Delivery]
    ) -> None:
        for person in (driver, vendor):
            for path in (BOARD, COLUMNS):
                assert browser(person).get(path).status_code == 403
        assert columns(browser(rival_dispatcher).get(BOARD).content.decode()) == {"nobody": []}

    def test_asks_the_database_as_often_for_many_as_for_few(
        self, dispatcher: Person, driver: Person, vendor: Person, retailer: Person
    ) -> None:
        assert _grows_not(COLUMNS, dispatcher, driver, vendor, retailer)


class TestAssigning:
    def test_gives_several_at_once(self, dispatcher: Person, driver: Person, waiting: list[Delivery]) -> None:
        client = browser(dispatcher)
        answer = assign(dispatcher, waiting[:2], driver, client=client)
        assert (answer.status_code, answer.headers["Location"]) == (302, BOARD)
        assert drivers_of(waiting) == [driver.user.pk, driver.user.pk, None]
        assert f"2 deliveries are with {driver.user.name}." in client.get(BOARD).content.decode()
        assert Event.objects.filter(verb="deliveries.reassigned", via="web").count() == 2

    def test_sent_twice_counts_once(self, dispatcher: Person, driver: Person, colleague: Person, waiting: list[Delivery]) -> None:
        assert assign(dispatcher, waiting, driver, key="give-1").status_code == 302
        assign(dispatcher, waiting, colleague)
        assert assign(dispatcher, waiting, driver, key="give-1").status_code == 302
        assert set(drivers_of(waiting)) == {colleague.user.pk}

    def test_takes_back_to_nobody(self, dispatcher: Person, delivery: Delivery) -> None:
        assert assign(dispatcher, [delivery], None).status_code == 302
        assert drivers_of([delivery]) == [None]

    def test_leaves_what_was_picked_up_meanwhile_and_says_so(self, dispatcher: Person, driver: Person, waiting: list[Delivery]) -> None:
        Delivery.objects.filter(pk=waiting[1].pk).update(status="picked_up")
        client = browser(dispatcher)
        assign(dispatcher, waiting, driver, client=client)
        assert drivers_of(waiting) == [driver.user.pk, None, driver.user.pk]
        page = client.get(BOARD).content.decode()
        assert f"Picked up already, so they stay as they are: {waiting[1].reference}." in page

    def test_refuses_another_partners_driver_and_keeps_the_ticks(
        self, dispatcher: Person, rival_dispatcher: Person, waiting: list[Delivery]
    ) -> None:
        answer = assign(dispatcher, waiting[:1], cast.a_driver(rival_dispatcher.of))
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "This partner has no active driver with this e-mail." in html
        ticks = re.findall(r'value="(DEL\d+)"\s+form="assign"\s+checked', html)
        assert ticks == [waiting[0].reference]
        assert drivers_of(waiting) == [None, None, None]

    @pytest.mark.parametrize(("body", "words"), [({"driver": ""}, "Tick the deliveries first."), ({}, "Driver is required.")])
    def test_refuses_without_deliveries_or_driver(
        self, body: dict[str, str], words: str, dispatcher: Person, waiting: list[Delivery]
    ) -> None:
        chosen = {"deliveries": waiting[0].reference} if not body else {}
        answer = browser(dispatcher).post(BOARD, {**body, **chosen})
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def test_another_partners_delivery_is_as_one_that_is_not_there(self, rival_dispatcher: Person, waiting: list[Delivery]) -> None:
        theirs = cast.a_driver(rival_dispatcher.of)
        answer = assign(rival_dispatcher, waiting[:1], theirs)
        assert answer.status_code == 422
        assert f"There is no {waiting[0].reference}." in answer.content.decode()
        assert browser(rival_dispatcher).post(f"/deliveries/{waiting[0].reference}/driver", {"driver": ""}).status_code == 404
        assert drivers_of(waiting) == [None, None, None]

    def test_works_on_the_page_of_one_delivery_too(self, dispatcher: Person, driver: Person, waiting: list[Delivery]) -> None:
        page = f"/deliveries/{waiting[0].reference}"
        client = browser(dispatcher)
        assert driver.user.email in client.get(page).content.decode()
        answer = client.post(f"{page}/driver", {"driver": driver.user.email})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
        assert drivers_of(waiting[:1]) == [driver.user.pk]
        Delivery.objects.filter(pk=waiting[0].pk).update(status="picked_up")
        assert client.post(f"{page}/driver", {"driver": ""}).status_code == 409
        assert drivers_of(waiting[:1]) == [driver.user.pk]

    def test_a_driver_may_not(self, driver: Person, colleague: Person, delivery: Delivery) -> None:
        assert assign(driver, [delivery], colleague).status_code == 403
        assert browser(driver).post(f"/deliveries/{delivery.reference}/driver", {"driver": ""}).status_code == 403
        assert drivers_of([delivery]) == [driver.user.pk]


class TestList:
    def test_filters_by_status_and_driver(self, dispatcher: Person, driver: Person, waiting: list[Delivery], delivery: Delivery) -> None:
        Delivery.objects.filter(pk=waiting[0].pk).update(status="cancelled")
        client = browser(dispatcher)
        for query, expected in [
            ("", {delivery, *waiting}),
            ("status=&driver=", {delivery, *waiting}),
            ("status=cancelled", {waiting[0]}),
            (f"driver={driver.user.pk}", {delivery}),
            ("driver=nobody&status=assigned", set(waiting[1:])),
        ]:
            html = client.get(f"{LIST}?{query}").content.decode()
            assert set(re.findall(r'class="reference"\s+href="/deliveries/(DEL\d+)"', html)) == {row.reference for row in expected}, query

    def test_refuses_what_is_no_filter(self, dispatcher: Person, rival_dispatcher: Person, vendor: Person) -> None:
        theirs = cast.a_driver(rival_dispatcher.of).user.pk
        for person, query in [(dispatcher, "status=lost"), (dispatcher, f"driver={theirs}"), (vendor, "driver=nobody")]:
            assert browser(person).get(f"{LIST}?{query}").status_code == 422

    @pytest.mark.parametrize("who", ["vendor", "retailer", "staff"])
    def test_shows_the_others_theirs(self, who: str, request: pytest.FixtureRequest, delivery: Delivery) -> None:
        assert delivery.reference in browser(request.getfixturevalue(who)).get(LIST).content.decode()

    def test_asks_the_database_as_often_for_many_as_for_few(
        self, dispatcher: Person, driver: Person, vendor: Person, retailer: Person
    ) -> None:
        assert _grows_not(LIST, dispatcher, driver, vendor, retailer)


def _grows_not(path: str, dispatcher: Person, driver: Person, vendor: Person, retailer: Person) -> bool:
    counts = []
    for more in (3, 17):
        for number in range(more):
            order = OrderFactory(vendor=vendor.of, retailer=retailer.of)
            DeliveryFactory(order=order, partner=dispatcher.of, driver=driver.user if number % 2 else None)
        client = browser(dispatcher)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    return counts[0] == counts[1]
