"""The bell: one's own notifications, newest first, and marking them read."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from rest_framework.test import APIClient

from aqad.notifications.models import Notification
from orders.models import Order
from tests.cast import Person
from tests.notifications.conftest import Scene
from tests.notifications.test_table import happens

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def told(scene: Scene) -> list[int]:
    """The retailer's three notifications, oldest first; the vendor has three of its own."""
    order = scene.card_order()
    for verb in ("orders.paid", "orders.accepted", "orders.ready"):
        happens(verb, order)
    return list(Notification.objects.filter(user=scene.people["retailer"].user).order_by("pk").values_list("pk", flat=True))


def listed(person: Person, query: str = "") -> list[int]:
    answer = person.api.get(f"/api/notifications{query}")
    assert answer.status_code == 200
    return [one["id"] for one in answer.json()["results"]]


def read(person: Person, body: Any) -> Any:
    return person.api.post("/api/notifications/read", body, format="json")


def test_lists_ones_own_newest_first(retailer: Person, told: list[int]) -> None:
    body = retailer.api.get("/api/notifications").json()
    assert [one["id"] for one in body["results"]] == told[::-1]
    assert body["pagination"]["total"] == 3
    newest = body["results"][0]
    assert set(newest) >= {"id", "kind", "message", "subject", "url", "created_at", "read_at"}
    assert (newest["kind"], newest["subject"], newest["read_at"]) == ("order_ready", Order.objects.get().reference, None)
    assert newest["url"] == f"/orders/{newest['subject']}"


def test_filters_by_unread(retailer: Person, told: list[int]) -> None:
    assert read(retailer, {"ids": told[:1]}).json() == {"read": 1}
    assert listed(retailer, "?unread=true") == [told[2], told[1]]
    assert listed(retailer, "?unread=false") == [told[0]]
    assert listed(retailer) == told[::-1]


def test_marks_some_read_once(retailer: Person, told: list[int]) -> None:
    assert read(retailer, {"ids": [*told[:2], told[0]]}).json() == {"read": 2}
    at = Notification.objects.get(pk=told[0]).read_at
    assert read(retailer, {"ids": told[:2]}).json() == {"read": 0}
    assert Notification.objects.get(pk=told[0]).read_at == at


def test_marks_all_read_and_nobody_elses(retailer: Person, vendor: Person, told: list[int]) -> None:
    assert read(retailer, {"all": True}).json() == {"read": 3}
    assert listed(retailer, "?unread=true") == []
    assert len(listed(vendor, "?unread=true")) == 3


def test_ids_that_are_not_ones_own_count_for_nothing(vendor: Person, rival_retailer: Person, told: list[int]) -> None:
    for person in (vendor, rival_retailer):
        assert read(person, {"ids": [*told, 999_999_999]}).json() == {"read": 0}
    assert not Notification.objects.filter(pk__in=told).exclude(read_at=None).exists()


@pytest.mark.parametrize(
    "body", [{}, {"ids": [1], "all": True}, {"all": False}, {"ids": "1"}, {"ids": [True]}, {"ids": [2**70]}, {"id": 1}]
)
def test_refuses_what_is_unclear_and_marks_nothing(retailer: Person, told: list[int], body: Any) -> None:
    answer = read(retailer, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert not Notification.objects.exclude(read_at=None).exists()


@pytest.mark.parametrize("query", ["?unread=yes", "?unread=", "?kind=welcome", "?limit=0"])
def test_refuses_queries_that_it_does_not_know(retailer: Person, told: list[int], query: str) -> None:
    assert retailer.api.get(f"/api/notifications{query}").status_code == 422


def test_strangers_have_no_bell(told: list[int], stranger: APIClient) -> None:
    assert stranger.get("/api/notifications").status_code == 401
    assert stranger.post("/api/notifications/read", {"all": True}, format="json").status_code == 401
    assert not Notification.objects.exclude(read_at=None).exists()


def test_everybody_who_may_sign_in_has_one(scene: Scene) -> None:
    for name in ("vendor", "retailer", "dispatcher", "driver", "staff"):
        assert listed(scene.people[name]) == []


def test_a_longer_list_needs_no_more_queries(retailer: Person, scene: Scene, told: list[int], django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert listed(retailer, "?unread=true")
    with CaptureQueriesContext(connection) as few:
        listed(retailer)
    order = scene.card_order()
    for verb in ("orders.paid", "orders.accepted", "orders.ready", "orders.picked_up", "orders.completed"):
        happens(verb, order)
    with django_assert_num_queries(len(few)):
        assert len(listed(retailer)) == 8


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("order_ready", "/api/orders/ORD1001", "/orders/ORD1001"),
        ("payment_failed", "/api/payments/PAY1001", "/payments/PAY1001"),
        ("money_alert", "/api/payments/PAY1001", "/admin/payments/payment/1001/change/"),
        ("delivery_assigned", "/api/deliveries/DEL1001", "/deliveries/DEL1001"),
        ("stock_low", "/api/products/P1001/stock", "/vendor/products/P1001"),
        ("import_finished", "/api/products/imports/7", "/vendor/imports/7"),
        ("vendor_registered", "/api/vendors/V1001", "/admin/vendors/vendor/1001/change/"),
        ("document_expiring", "/api/vendor/documents", "/vendor/documents"),
        ("company_reinstated", "/api/company", ""),
        ("order_ready", "/orders/ORD1001", "/orders/ORD1001"),
        ("welcome", "", ""),
    ],
)
def test_a_notification_of_before_there_were_pages_is_led_to_one(told: list[int], kind: str, before: str, after: str) -> None:
    """The migration that does it runs in batches, here of two."""
    Notification.objects.filter(pk__in=told).update(kind=kind, url=before)
    others = dict(Notification.objects.exclude(pk__in=told).values_list("pk", "url"))
    migration = import_module("aqad.notifications.migrations.0002_lead_to_pages")
    for _ in range(2):
        migration.lead_to_pages(apps, connection.schema_editor(), batch=2)
        assert list(Notification.objects.filter(pk__in=told).values_list("url", flat=True)) == [after] * 3
    assert dict(Notification.objects.exclude(pk__in=told).values_list("pk", "url")) == others
