"""Delivery partners: taken on by staff with their people, changed, shut out and let in again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.accounts.models import Company, User
from aqad.audit.models import Event
from deliveries.models import DeliveryPartner
from tests import cast
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.embedded


def person(**words: Any) -> dict[str, Any]:
    omar = {"name": "Omar", "email": "omar@fasttrack.test", "phone": "050 333 4455", "password": PASSWORD, "role": "driver"}
    return {**omar, **words}


def body(**words: Any) -> dict[str, Any]:
    return {"company_name": "FastTrack Logistics", "phone": "+97142223344", "emirates": ["dubai"], "users": [person()], **words}


def take_on(staff: Person, **words: Any) -> Any:
    return staff.api.post("/api/delivery-partners", body(**words), format="json")


def nothing_was_made() -> bool:
    return not (DeliveryPartner.objects.exists() or Company.objects.exists() or Event.objects.exists())


def test_a_partner_is_taken_on_with_its_people(staff: Person, stranger: APIClient) -> None:
    mona = person(name="Mona", email="Mona@FastTrack.test", role="dispatcher")
    answer = take_on(staff, emirates=["sharjah", "Dubai", "DUBAI"], users=[person(), mona])
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert shown["id"] == DeliveryPartner.objects.get().reference
    assert (shown["company_name"], shown["phone"], shown["status"]) == ("FastTrack Logistics", "+97142223344", "active")
    assert shown["emirates"] == ["Dubai", "Sharjah"]
    assert [(user["email"], user["role"], user["phone"]) for user in shown["users"]] == [
        ("omar@fasttrack.test", "driver", "+971503334455"),
        ("mona@fasttrack.test", "dispatcher", "+971503334455"),
    ]
    assert "password" not in answer.content.decode()
    assert check_password(PASSWORD, User.objects.get(email="omar@fasttrack.test").password)
    assert Event.objects.filter(verb="deliveries.partner_created", subject=shown["id"]).count() == 1
    assert Event.objects.filter(verb="accounts.member_joined", about=shown["id"]).count() == 2


def test_a_partner_is_read_from_a_form(staff: Person) -> None:
    people = (
        '[{"name": "Omar", "email": "omar@fasttrack.test", "phone": "+971503334455", "password": "Carton-330ml-Pepsi", "role": "driver"}]'
    )
    words = {"company_name": "FastTrack", "phone": "+97142223344", "emirates": ["Dubai", "Ajman"], "users": people}
    answer = staff.api.post("/api/delivery-partners", words, format="multipart")
    assert answer.status_code == 201, answer.content
    assert answer.json()["emirates"] == ["Dubai", "Ajman"]
    assert [user["name"] for user in answer.json()["users"]] == ["Omar"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"company_name": " "}, "company_name"),
        ({"company_name": "x" * 121}, "company_name"),
        ({"phone": "123"}, "phone"),
        ({"emirates": []}, "emirates"),
        ({"emirates": "Dubai"}, "emirates"),
        ({"emirates": ["Paris"]}, "emirates.0"),
        ({"users": []}, "users"),
        ({"users": "Omar"}, "users"),
        ({"users": [person(), person()]}, "users"),
        ({"users": [person(role="owner")]}, "users.0.role"),
        ({"users": [person(password="short")]}, "users.0.password"),
        ({"users": [person(email="abc")]}, "users.0.email"),
        ({"users": [person(is_staff=True)]}, "users.0.is_staff"),
        ({"users": [person(email=f"p{n}@fasttrack.test") for n in range(21)]}, "users"),
        ({"status": "active"}, "status"),
    ],
)
def test_refuses_a_partner_that_cannot_be(words: dict[str, Any], field: str, staff: Person) -> None:
    answer = take_on(staff, **words)
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]
    assert nothing_was_made()


def test_names_all_that_is_missing(staff: Person) -> None:
    answer = staff.api.post("/api/delivery-partners", {}, format="json")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"company_name", "phone", "emirates", "users"}


def test_refuses_an_email_that_is_taken_and_makes_nothing(staff: Person) -> None:
    answer = take_on(staff, users=[person(), person(email=staff.user.email.upper())])
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["users.1.email"]
    assert nothing_was_made()
    assert User.objects.count() == 1


def test_a_key_takes_on_one_partner(staff: Person) -> None:
    first, again = (
        staff.api.post("/api/delivery-partners", body(), format="json", headers={"Idempotency-Key": "partner-1"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert DeliveryPartner.objects.count() == 1


def test_staff_change_name_phone_and_emirates(staff: Person, dispatcher: Person) -> None:
    reference = dispatcher.of.reference
    words = {"company_name": "FastTrack Gulf", "phone": "+97142220000", "emirates": ["Abu Dhabi"]}
    answer = staff.api.patch(f"/api/delivery-partners/{reference}", words, format="json")
    assert answer.status_code == 200, answer.content
    assert {name: answer.json()[name] for name in words} == words
    assert {event.verb for event in Event.objects.filter(subject=reference)} == {"accounts.company_changed", "deliveries.partner_changed"}


def test_what_is_the_same_stays_unrecorded(staff: Person, dispatcher: Person) -> None:
    path = f"/api/delivery-partners/{dispatcher.of.reference}"
    assert staff.api.patch(path, {"emirates": dispatcher.of.emirates}, format="json").status_code == 200
    assert staff.api.patch(path, {}, format="json").status_code == 200
    assert not Event.objects.exists()


@pytest.mark.parametrize("words", [{"users": []}, {"status": "suspended"}, {"id": "D3009"}, {"emirates": []}, {"phone": None}])
def test_refuses_a_change_that_cannot_be(words: dict[str, Any], staff: Person, dispatcher: Person) -> None:
    answer = staff.api.patch(f"/api/delivery-partners/{dispatcher.of.reference}", words, format="json")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == list(words)
    assert not Event.objects.exists()


@pytest.mark.parametrize("words", [{}, {"reason": "Licence expired"}])
def test_a_suspended_partner_is_out_at_once_until_it_is_reinstated(
    words: dict[str, str], staff: Person, dispatcher: Person, driver: Person
) -> None:
    path = f"/api/delivery-partners/{dispatcher.of.reference}"
    assert driver.api.get("/api/deliveries").status_code == 200
    answer = staff.api.post(f"{path}/suspend", words, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "suspended"
    assert answer.json()["reason"] == words.get("reason", "Suspended by AQAD.")
    assert dispatcher.api.get("/api/deliveries").status_code == driver.api.get("/api/deliveries").status_code == 401

    again = staff.api.post(f"{path}/suspend", words, format="json")
    assert (again.status_code, again.json()["code"], again.json()["status"]) == (409, "invalid_transition", "suspended")
    back = staff.api.post(f"{path}/reinstate")
    assert (back.status_code, back.json()["status"], back.json()["reason"]) == (200, "active", "")
    assert staff.api.post(f"{path}/reinstate").status_code == 409


def test_only_staff_get_near_partners(vendor: Person, retailer: Person, dispatcher: Person, stranger: APIClient) -> None:
    path = f"/api/delivery-partners/{dispatcher.of.reference}"
    for caller in (vendor, retailer, dispatcher):
        for answer in (
            caller.api.get("/api/delivery-partners"),
            caller.api.post("/api/delivery-partners", body(), format="json"),
            caller.api.get(path),
            caller.api.patch(path, {}, format="json"),
            caller.api.post(f"{path}/suspend"),
            caller.api.post(f"{path}/reinstate"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert stranger.get("/api/delivery-partners").status_code == 401


def test_one_that_is_not_there_is_not_found(staff: Person, vendor: Person) -> None:
    for reference in ("D9999", "D0", "3001", vendor.of.reference):
        assert staff.api.get(f"/api/delivery-partners/{reference}").status_code == 404


def test_they_are_listed_newest_first_and_by_state(staff: Person) -> None:
    first, second = cast.a_partner(), cast.a_partner("Desert Express", company__status="suspended")
    rows = staff.api.get("/api/delivery-partners").json()["results"]
    assert [row["id"] for row in rows] == [second.of.reference, first.of.reference]
    rows = staff.api.get("/api/delivery-partners", {"status": "suspended"}).json()["results"]
    assert [row["id"] for row in rows] == [second.of.reference]
    assert staff.api.get("/api/delivery-partners", {"status": "gone"}).status_code == 422


def test_a_longer_list_costs_no_more_queries(staff: Person, dispatcher: Person) -> None:
    staff.api.get("/api/delivery-partners")
    with CaptureQueriesContext(connection) as one:
        staff.api.get("/api/delivery-partners")
    for _ in range(4):
        cast.a_driver(cast.a_partner().of)
    with CaptureQueriesContext(connection) as many:
        assert len(staff.api.get("/api/delivery-partners").json()["results"]) == 5
    assert len(many) == len(one) <= 6
