"""GET /api/users and what staff do with people."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.accounts.models import User
from aqad.audit.models import Event
from tests import cast
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
USERS = "/api/users"


def emails(answer: object) -> list[str]:
    return [row["email"] for row in answer.json()["results"]]  # type: ignore[attr-defined]


def test_shows_everybody_newest_first(staff: Person, vendor: Person) -> None:
    body = staff.api.get(USERS).json()
    assert [row["id"] for row in body["results"]] == [vendor.user.pk, staff.user.pk]
    shown = body["results"][0]
    assert shown["company"] == {"id": vendor.of.reference, "name": "Ahmed Foods LLC", "status": "active"}
    assert (shown["email"], shown["name"], shown["role"], shown["is_active"]) == (vendor.user.email, vendor.user.name, "vendor", True)
    assert body["results"][1]["role"] == "staff"
    assert staff.api.get(f"{USERS}/{vendor.user.pk}").json() == shown


def test_filters(staff: Person, vendor: Person, retailer: Person, dispatcher: Person) -> None:
    idle = cast.member(vendor.of, "member", is_active=False)
    assert emails(staff.api.get(USERS, {"role": "vendor"})) == [idle.user.email, vendor.user.email]
    assert emails(staff.api.get(USERS, {"role": "staff"})) == [staff.user.email]
    assert emails(staff.api.get(USERS, {"company": vendor.of.reference.lower(), "is_active": "true"})) == [vendor.user.email]
    assert emails(staff.api.get(USERS, {"is_active": "false"})) == [idle.user.email]
    assert emails(staff.api.get(USERS, {"email": dispatcher.user.email.upper()})) == [dispatcher.user.email]
    assert emails(staff.api.get(USERS, {"email": "%"})) == []
    assert emails(staff.api.get(USERS, {"company": "V999999"})) == []


QUERIES = "role=admin is_active=1 company=x search=a password__startswith=a page=0 limit=1000 role=vendor&role=staff"


@pytest.mark.parametrize("query", QUERIES.split())
def test_refuses_a_parameter_that_is_wrong(staff: Person, query: str) -> None:
    answer = staff.api.get(f"{USERS}?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_only_staff_may(vendor: Person, retailer: Person, driver: Person, stranger: APIClient) -> None:
    for api, status in ((vendor.api, 403), (retailer.api, 403), (driver.api, 403), (stranger, 401)):
        assert api.get(USERS).status_code == status
        assert api.get(f"{USERS}/{vendor.user.pk}").status_code == status
        assert api.post(f"{USERS}/{driver.user.pk}/deactivate").status_code == status
    assert not User.objects.filter(is_active=False).exists()


def test_deactivates_and_reactivates(staff: Person, vendor: Person) -> None:
    answer = staff.api.post(f"{USERS}/{vendor.user.pk}/deactivate")
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    again = staff.api.post(f"{USERS}/{vendor.user.pk}/deactivate")
    assert (again.status_code, again.json()["code"], again.json()["status"]) == (409, "invalid_transition", "inactive")
    answer = staff.api.post(f"{USERS}/{vendor.user.pk}/reactivate")
    assert (answer.status_code, answer.json()["is_active"]) == (200, True)
    assert staff.api.post(f"{USERS}/{vendor.user.pk}/reactivate").json()["status"] == "active"
    verbs = list(Event.objects.filter(subject=f"user:{vendor.user.pk}").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["accounts.user_deactivated", "accounts.user_reactivated"]


def test_nobody_deactivates_themselves(staff: Person) -> None:
    answer = staff.api.post(f"{USERS}/{staff.user.pk}/deactivate")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert staff.api.get("/api/auth/me").status_code == 200


def test_a_colleague_of_staff_is_out_at_once(staff: Person) -> None:
    colleague = cast.a_member_of_staff()
    assert colleague.api.get(USERS).status_code == 200
    staff.api.post(f"{USERS}/{colleague.user.pk}/deactivate")
    assert colleague.api.get(USERS).status_code == 401


def test_a_person_who_left_a_company_cannot_be_reactivated(staff: Person, vendor: Person) -> None:
    member = cast.member(vendor.of, "member")
    vendor.api.delete(f"/api/team/{member.user.pk}")
    shown = staff.api.get(f"{USERS}/{member.user.pk}").json()
    assert (shown["role"], shown["company"], shown["is_active"]) == ("", None, False)
    answer = staff.api.post(f"{USERS}/{member.user.pk}/reactivate")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_body_is_refused(staff: Person, vendor: Person) -> None:
    answer = staff.api.post(f"{USERS}/{vendor.user.pk}/deactivate", {"is_staff": True}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["is_staff"])
    assert User.objects.get(pk=vendor.user.pk).is_active


def test_an_unknown_person_is_not_found(staff: Person) -> None:
    for identifier in ("999999", "x", "0", "%00", "9" * 30):
        assert staff.api.post(f"{USERS}/{identifier}/deactivate").status_code == 404


def test_the_number_of_queries_does_not_grow(staff: Person, vendor: Person) -> None:
    staff.api.get(USERS)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            staff.api.get(USERS)
        counts.append(len(queries))
        for _ in range(4):
            cast.a_retailer()
    assert counts[0] == counts[1]
