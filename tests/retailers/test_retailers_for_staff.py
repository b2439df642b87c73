"""GET /api/retailers and what staff do with shops."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.accounts.models import Company
from aqad.audit.models import Event
from tests import cast
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
RETAILERS = "/api/retailers"


def test_lists_and_shows_them(staff: Person, retailer: Person, rival_retailer: Person) -> None:
    rows = staff.api.get(RETAILERS).json()["results"]
    assert [row["id"] for row in rows] == [rival_retailer.of.reference, retailer.of.reference]
    shown = staff.api.get(f"{RETAILERS}/{retailer.of.reference.lower()}").json()
    assert shown == rows[1]
    assert (shown["company_name"], shown["status"], shown["reason"], shown["phone"]) == (
        "Fresh Mart Supermarket",
        "active",
        "",
        "+97142223344",
    )
    assert [(person["email"], person["role"]) for person in shown["people"]] == [(retailer.user.email, "owner")]


def test_filters_by_status(staff: Person, retailer: Person) -> None:
    suspended = cast.a_retailer("Corner Grocery", company__status="suspended")
    assert [row["id"] for row in staff.api.get(RETAILERS, {"status": "suspended"}).json()["results"]] == [suspended.of.reference]
    for query in ("status=gone", "search=x", "company__name=x"):
        assert staff.api.get(f"{RETAILERS}?{query}").status_code == 422


def test_suspends_and_reinstates(staff: Person, retailer: Person) -> None:
    where = f"{RETAILERS}/{retailer.of.reference}"
    assert retailer.api.get("/api/addresses").status_code == 200
    answer = staff.api.post(f"{where}/suspend", {"reason": "Unpaid bills"}, format="json")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "suspended", "Unpaid bills")
    assert retailer.api.get("/api/addresses").status_code == 401
    again = staff.api.post(f"{where}/suspend", {"reason": "Unpaid bills"}, format="json")
    assert (again.status_code, again.json()["code"], again.json()["status"]) == (409, "invalid_transition", "suspended")
    answer = staff.api.post(f"{where}/reinstate")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "active", "")
    assert staff.api.post(f"{where}/reinstate").status_code == 409
    verbs = list(Event.objects.filter(subject=retailer.of.reference).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["accounts.company_suspended", "accounts.company_reinstated"]


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "\u200b"}, {"reason": "x" * 501}, {"reason": 5}, {"reason": "x", "status": "active"}]
)
def test_refuses_to_suspend_without_a_good_reason(staff: Person, retailer: Person, body: dict[str, object]) -> None:
    answer = staff.api.post(f"{RETAILERS}/{retailer.of.reference}/suspend", body, format="json")
    assert answer.status_code == 422
    assert Company.objects.get(pk=retailer.company.pk).status == "active"


def test_unknown_ones_are_not_found(staff: Person, vendor: Person) -> None:
    for reference in ("R999999", "R1", "R02001", "x", vendor.of.reference, "R" + "9" * 30, "R٢٠٠١"):
        assert staff.api.get(f"{RETAILERS}/{reference}").status_code == 404
        assert staff.api.post(f"{RETAILERS}/{reference}/suspend", {"reason": "x"}, format="json").status_code == 404


def test_only_staff_may(retailer: Person, vendor: Person, dispatcher: Person, stranger: APIClient) -> None:
    where = f"{RETAILERS}/{retailer.of.reference}"
    for api, status in ((retailer.api, 403), (vendor.api, 403), (dispatcher.api, 403), (stranger, 401)):
        assert api.get(RETAILERS).status_code == status
        assert api.get(where).status_code == status
        assert api.post(f"{where}/suspend", {"reason": "x"}, format="json").status_code == status
        assert api.post(f"{where}/reinstate").status_code == status
    assert Company.objects.get(pk=retailer.company.pk).status == "active"


def test_the_number_of_queries_does_not_grow(staff: Person, retailer: Person) -> None:
    staff.api.get(RETAILERS)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            staff.api.get(RETAILERS)
        counts.append(len(queries))
        for _ in range(4):
            cast.a_retailer()
    assert counts[0] == counts[1]
