"""The bell's page: one's own messages, each leading on and read by that; and the count that moves by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aqad.audit.models import Event
from aqad.notifications.models import Notification
from tests.cast import Person
from tests.notifications.conftest import Scene
from tests.notifications.test_table import happens

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
STEPS = ("orders.paid", "orders.accepted", "orders.ready")


def browser_of(person: Person, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(person.user)
    return client


@pytest.fixture
def browser(retailer: Person) -> Client:
    return browser_of(retailer)


@pytest.fixture
def told(scene: Scene) -> list[Notification]:
    """The retailer's three notifications, oldest first; the vendor has three of its own."""
    order = scene.card_order()
    for verb in STEPS:
        happens(verb, order)
    return list(Notification.objects.filter(user=scene.people["retailer"].user).order_by("pk"))


def html_of(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_lists_ones_own_newest_first_and_says_which_are_unread(browser: Client, told: list[Notification]) -> None:
    Notification.objects.filter(pk=told[0].pk).update(read_at=told[0].created_at)
    html = html_of(browser.get("/notifications"))
    places = [html.index(f'href="/notifications/{one.pk}"') for one in reversed(told)]
    assert places == sorted(places)
    assert html.count(">Unread</span>") == 2
    assert "Unread (2)" in html


def test_shows_only_the_unread_ones(browser: Client, told: list[Notification]) -> None:
    Notification.objects.filter(pk=told[0].pk).update(read_at=told[0].created_at)
    html = html_of(browser.get("/notifications?unread=true"))
    assert f"/notifications/{told[0].pk}" not in html
    assert f"/notifications/{told[1].pk}" in html


def test_a_message_leads_to_its_page_and_is_read_by_that(browser: Client, told: list[Notification]) -> None:
    answer = browser.get(f"/notifications/{told[0].pk}")
    assert (answer.status_code, answer.headers["Location"]) == (302, told[0].url)
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert list(Notification.objects.exclude(read_at=None)) == [told[0]]


def test_another_persons_message_is_not_there(vendor: Person, rival_retailer: Person, told: list[Notification]) -> None:
    for person in (vendor, rival_retailer):
        answers = [browser_of(person).get(f"/notifications/{number}").status_code for number in (told[0].pk, 999999, "x", "1" * 40)]
        assert answers == [404] * 4
    assert not Notification.objects.exclude(read_at=None).exists()


def test_marks_all_of_ones_own_as_read(browser: Client, vendor: Person, told: list[Notification]) -> None:
    html = html_of(browser.post("/notifications/read", follow=True))
    assert "3 messages are marked as read." in html
    assert "Mark all as read" not in html
    assert not Notification.objects.filter(pk__in=[one.pk for one in told], read_at=None).exists()
    assert Notification.objects.filter(user=vendor.user, read_at=None).count() == 3
    assert "Everything was read already." in html_of(browser.post("/notifications/read", follow=True))


def test_says_what_will_come_where_nothing_is(browser: Client, told: list[Notification], rival_retailer: Person) -> None:
    assert "No messages yet" in html_of(browser_of(rival_retailer).get("/notifications"))
    browser.post("/notifications/read")
    assert "Everything is read" in html_of(browser.get("/notifications?unread=true"))


def test_names_are_text_on_the_page(browser: Client, scene: Scene) -> None:
    order = scene.card_order()
    type(order).objects.filter(pk=order.pk).update(vendor_name="<script>alert(1)</script>")
    happens("orders.accepted", order)
    html = html_of(browser.get("/notifications"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; accepted your order" in html


def test_turns_pages(browser: Client, retailer: Person, told: list[Notification]) -> None:
    more(retailer, told[0], 25)
    assert "Page 1 of 2" in html_of(browser.get("/notifications?unread=true"))
    assert f"/notifications/{told[0].pk}" in html_of(browser.get("/notifications?unread=true&page=2"))


def test_a_longer_list_needs_no_more_queries(browser: Client, retailer: Person, told: list[Notification]) -> None:
    browser.get("/notifications")
    with CaptureQueriesContext(connection) as few:
        assert html_of(browser.get("/notifications")).count('<li class="unread">') == 3
    more(retailer, told[0], 17)
    with CaptureQueriesContext(connection) as many:
        assert html_of(browser.get("/notifications")).count('<li class="unread">') == 20
    assert len(many) == len(few)


def test_the_count_is_asked_for_again_at_little_cost(browser: Client, told: list[Notification]) -> None:
    first = browser.get("/notifications/unread")
    assert "3<span" in html_of(first)
    with CaptureQueriesContext(connection) as queries:
        again = browser.get("/notifications/unread", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(queries) <= 2
    browser.get(f"/notifications/{told[0].pk}")
    assert "2<span" in html_of(browser.get("/notifications/unread", headers={"If-None-Match": first.headers["ETag"]}))


def test_many_are_not_counted_to_the_end(browser: Client, retailer: Person, told: list[Notification]) -> None:
    more(retailer, told[0], 120)
    assert "99+<span" in html_of(browser.get("/notifications/unread"))


def more(person: Person, like: Notification, count: int) -> None:
    """`count` newer messages of other events."""
    events = Event.objects.bulk_create(Event(verb="orders.accepted", subject=like.subject, at=like.created_at) for _ in range(count))
    told = {"user": person.user, "kind": like.kind, "subject": like.subject, "message": like.message, "url": like.url}
    Notification.objects.bulk_create(Notification(event=event, **told) for event in events)
