"""Staff read the record over HTTP; nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.audit.actions import record
from aqad.core import clock
from tests.cast import Person

pytestmark = pytest.mark.embedded


def happened(person: Person, verb: str = "accounts.company_changed", **facts: Any) -> None:
    with transaction.atomic():
        record(verb, person.company, person.actor, **facts)


def found(staff: Person, **query: Any) -> list[dict[str, Any]]:
    answer = staff.api.get("/api/events", query)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def test_an_event_is_shown_in_full(staff: Person, vendor: Person) -> None:
    happened(vendor, phone=True)
    reference = vendor.of.reference
    (shown,) = found(staff)
    assert datetime.fromisoformat(shown.pop("at")).tzinfo is not None
    assert shown.pop("id")
    assert shown == {
        "actor": f"Vendor {reference}",
        "verb": "accounts.company_changed",
        "subject": reference,
        "about": "",
        "text": f"Vendor {reference} changed Company {reference}",
        "facts": {"phone": True},
        "via": "api",
        "request_id": "test-request",
    }


def test_the_newest_comes_first(staff: Person, vendor: Person) -> None:
    for number in range(3):
        happened(vendor, number=number)
    assert [event["facts"]["number"] for event in found(staff)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("actor", "Vendor {mine}"),
        ("verb", "accounts.company_suspended"),
        ("subject", "{mine}"),
        ("subject", "{mine_lower}"),
        ("about", "{mine}"),
        ("request_id", "request-of-mine"),
    ],
)
def test_each_field_filters(staff: Person, vendor: Person, rival_vendor: Person, name: str, value: str) -> None:
    happened(rival_vendor)
    with transaction.atomic():
        actor = vendor.actor
        actor = type(actor)(user=actor.user, company=actor.company, role=actor.role, request_id="request-of-mine")
        mine = record("accounts.company_suspended", vendor.company, actor, about=vendor.company)
    reference = vendor.of.reference
    wanted = value.format(mine=reference, mine_lower=reference.lower())
    assert [event["id"] for event in found(staff, **{name: wanted})] == [mine.pk]
    assert found(staff, **{name: "nothing-like-it"}) == []


def test_a_period_includes_both_its_days(staff: Person, vendor: Person) -> None:
    evening = datetime(2026, 3, 31, 19, 30, tzinfo=UTC)  # 23:30 in the UAE
    for moment in (evening, evening + timedelta(hours=1)):
        with clock.living_at(moment):
            happened(vendor)
    assert len(found(staff, **{"from": "2026-03-31", "to": "2026-04-01"})) == 2
    assert len(found(staff, **{"from": "2026-03-31", "to": "2026-03-31"})) == 1
    assert len(found(staff, **{"from": "2026-04-01"})) == 1
    assert len(found(staff, **{"to": "2026-03-31T23:59:00+04:00"})) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "yesterday"),
        ("from", "2026-02-30"),
        ("from", ""),
        ("to", "0001-01-01"),
        ("to", "9999-12-31"),
        ("to", "9999-12-31T23:59:59.999999-11:00"),
        ("to", "٢٠٢٦-٠١-٠١"),
        ("subject", "\x00"),
        ("actor", "\u202eevil"),
        ("verb", "x" * 10_000),
        ("page", "0"),
        ("limit", "1000000000"),
        ("cursor", "nonsense"),
        ("actor__user", "1"),
    ],
)
def test_refuses_what_cannot_be_asked(staff: Person, name: str, value: str) -> None:
    answer = staff.api.get("/api/events", {name: value})
    assert answer.status_code == 422, answer.content
    assert name in answer.json()["errors"]


def test_refuses_a_period_that_ends_before_it_begins(staff: Person) -> None:
    answer = staff.api.get("/api/events", {"from": "2026-04-02", "to": "2026-04-01"})
    assert answer.status_code == 422
    assert "to" in answer.json()["errors"]


def test_only_staff_read_the_record(stranger: APIClient, vendor: Person, retailer: Person, dispatcher: Person) -> None:
    assert stranger.get("/api/events").status_code == 401
    for person in (vendor, retailer, dispatcher):
        answer = person.api.get("/api/events")
        assert answer.status_code == 403
        assert answer.json()["code"] == "forbidden"


def test_the_cursor_reads_on_to_the_end(staff: Person, vendor: Person) -> None:
    for number in range(5):
        happened(vendor, number=number)
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 2, "verb": "accounts.company_changed"}
    while True:
        body = staff.api.get("/api/events", query).json()
        seen += [event["facts"]["number"] for event in body["results"]]
        if body["pagination"]["next"] is None:
            break
        query = {**query, "cursor": body["pagination"]["next"]}
    assert seen == [4, 3, 2, 1, 0]


def test_a_longer_list_costs_no_more_queries(staff: Person, vendor: Person) -> None:
    happened(vendor)
    staff.api.get("/api/events")
    with CaptureQueriesContext(connection) as one:
        staff.api.get("/api/events")
    for _ in range(10):
        happened(vendor)
    with CaptureQueriesContext(connection) as many:
        assert len(found(staff)) == 11
    assert len(many) == len(one) <= 4
