"""GET and PATCH /api/auth/me."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from aqad.accounts.models import User
from aqad.audit.models import Event
from tests import cast
from tests.accounts.given import ME
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


def test_shows_who_is_signed_in(vendor: Person) -> None:
    body = vendor.api.get(ME).json()
    assert (body["email"], body["phone"], body["language"], body["role"]) == (vendor.user.email, "+971501234567", "en", "vendor")
    assert body["position"] == "owner"
    assert "password" not in str(body)


def test_changes_name_phone_and_language(driver: Person) -> None:
    body = {"name": "Rashid Khan", "phone": "050 222 3344", "language": "ar"}
    answer = driver.api.patch(ME, body, format="json")
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == {**body, "phone": "+971502223344"}
    event = Event.objects.get()
    assert (event.verb, event.facts) == ("accounts.user_changed", {"fields": ["name", "phone", "language"]})


def test_what_is_the_same_is_not_recorded(vendor: Person) -> None:
    assert vendor.api.patch(ME, {"name": vendor.user.name}, format="json").status_code == 200
    assert vendor.api.patch(ME, {}, format="json").status_code == 200
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("is_staff", True), ("is_superuser", True), ("is_active", False), ("role", "staff"), ("company", "V1001"), ("position", "owner")),
        *(("email", "new@shop.test"), ("password", "Another-Carton-7"), ("token_version", 9), ("membership", 1), ("groups", [1])),
    ],
)
def test_refuses_what_is_not_to_be_written_here(vendor: Person, field: str, value: Any) -> None:
    before = User.objects.values().get(pk=vendor.user.pk)
    answer = vendor.api.patch(ME, {"name": "Changed", field: value}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert User.objects.values().get(pk=vendor.user.pk) == before


@pytest.mark.parametrize(
    "body",
    [
        *({"name": ""}, {"name": None}, {"name": 5}, {"name": "x" * 121}, {"name": "a\x00b"}, {"name": "\u200b"}, {"name": "a\u202eb"}),
        *({"phone": "12"}, {"phone": "call me"}, {"language": "fr"}, {"language": None}, {"name": "x" * 1_000_000}),
    ],
)
def test_refuses_values_that_are_wrong(vendor: Person, body: dict[str, Any]) -> None:
    before = User.objects.values().get(pk=vendor.user.pk)
    assert vendor.api.patch(ME, body, format="json").status_code == 422
    assert User.objects.values().get(pk=vendor.user.pk) == before


def test_a_session_may_read_and_needs_its_csrf_token_to_write(vendor: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(vendor.user)
    assert browser.get(ME).status_code == 200
    refused = browser.patch(ME, {"name": "Changed"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert User.objects.get(pk=vendor.user.pk).name == vendor.user.name


def test_a_session_of_a_suspended_company_ends_at_once(staff: Person) -> None:
    person = cast.a_retailer()
    browser = Client()
    browser.force_login(person.user)
    staff.api.post(f"/api/retailers/{person.of.reference}/suspend", {"reason": "Unpaid"})
    assert browser.get(ME).status_code == 401
    staff.api.post(f"/api/retailers/{person.of.reference}/reinstate")
    assert browser.get(ME).status_code == 401
