"""POST /api/auth/login: who gets in, and what the others are told."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.accounts.models import FailedSignIn, TokenFamily
from aqad.audit.models import Event
from tests import cast
from tests.accounts.given import ADDRESS, LOGIN, ask_with, sign_in
from tests.cast import Person
from tests.factories.people import PASSWORD, UserFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]

WRONG = "Not-The-Password-1"


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="accounts.sign").order_by("pk").values_list("verb", flat=True))


def test_gives_tokens_and_says_who_it_is(vendor: Person) -> None:
    body = sign_in(vendor.user).json()
    assert ask_with(body["access"]).status_code == 200
    assert body["refresh"] != body["access"]
    user = body["user"]
    assert (user["email"], user["name"], user["role"]) == (vendor.user.email, vendor.user.name, "vendor")
    assert user["company"] == {"id": vendor.of.reference, "name": "Ahmed Foods LLC", "status": "active"}


def test_staff_have_no_company(staff: Person) -> None:
    user = sign_in(staff.user).json()["user"]
    assert (user["role"], user["company"]) == ("staff", None)


def test_each_role_is_named(retailer: Person, dispatcher: Person, driver: Person) -> None:
    assert [sign_in(person.user).json()["user"]["role"] for person in (retailer, dispatcher, driver)] == [
        "retailer",
        "delivery",
        "delivery",
    ]


def test_the_email_is_read_in_any_case_and_a_form_will_do(vendor: Person) -> None:
    assert sign_in(vendor.user.email.upper()).status_code == 200
    form = APIClient().post(LOGIN, {"email": vendor.user.email, "password": PASSWORD}, format="multipart")
    assert form.status_code == 200


def test_a_stale_token_locks_nobody_out(vendor: Person) -> None:
    assert sign_in(vendor.user, headers={"Authorization": "Bearer stale"}).status_code == 200


def test_a_sign_in_is_exactly_one_event(vendor: Person) -> None:
    sign_in(vendor.user)
    event = Event.objects.get(verb__startswith="accounts.sign")
    assert event.text == f"Vendor {vendor.of.reference} signed in as User user:{vendor.user.pk}"
    assert event.origin.ip == ADDRESS


def test_a_failed_sign_in_is_exactly_one_event_and_starts_nothing(vendor: Person) -> None:
    assert sign_in(vendor.user, WRONG).status_code == 401
    assert verbs() == ["accounts.sign_in_failed"]
    assert not TokenFamily.objects.exists()


def test_wrong_email_and_wrong_password_are_answered_alike(vendor: Person) -> None:
    unknown, wrong = sign_in("nobody@shop.test", WRONG), sign_in(vendor.user, WRONG)
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert unknown.json()["code"] == "invalid_credentials"
    assert unknown.headers.keys() == wrong.headers.keys()


def test_wrong_email_and_wrong_password_take_like_time(vendor: Person, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False

    def seconds(email: str) -> float:
        """Of the processor, which is the same whatever else the machine does."""
        started = time.process_time()
        assert sign_in(email, WRONG).status_code == 401
        return time.process_time() - started

    taken = [(seconds(vendor.user.email), seconds("nobody@shop.test")) for _ in range(7)]
    known, unknown = (median(column) for column in zip(*taken, strict=True))
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        ("pending", "account_pending", "Your account is pending approval"),
        ("rejected", "account_rejected", "rejected"),
        ("suspended", "account_suspended", "suspended"),
    ],
)
def test_the_right_password_of_a_company_that_may_not_act_says_why(db: None, status: str, code: str, words: str) -> None:
    person = cast.a_vendor(company__status=status)
    answer = sign_in(person.user)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert words in answer.json()["message"]
    assert not TokenFamily.objects.exists()
    assert not FailedSignIn.objects.exists()
    assert verbs() == ["accounts.sign_in_failed"]


def test_the_wrong_password_of_a_pending_account_says_nothing_of_it(db: None) -> None:
    person = cast.a_vendor(company__status="pending")
    answer = sign_in(person.user, WRONG)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


def test_a_deactivated_person_is_answered_like_a_wrong_password(vendor: Person) -> None:
    wrong = sign_in(vendor.user, WRONG)
    vendor.user.is_active = False
    vendor.user.save(update_fields=["is_active"])
    deactivated = sign_in(vendor.user)
    assert (deactivated.status_code, deactivated.json()) == (401, wrong.json())


def test_a_person_of_no_company_gets_nowhere(db: None) -> None:
    assert sign_in(UserFactory()).status_code == 401


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Email is required."),
        ({"email": "abc"}, "Invalid email"),
        ({"email": "a@b.test"}, "Password is required."),
        ({"email": "a@b.test", "password": ""}, "Password is required."),
        ({"email": "a@b.test", "password": None}, "Password is required."),
        ({"email": "a@b.test\r\nBcc: x@y.test", "password": "x"}, "Invalid email"),
        ({"email": ["a@b.test"], "password": "x"}, "Invalid email"),
    ],
)
def test_says_what_is_missing_or_wrong(db: None, body: dict[str, Any], message: str) -> None:
    answer = APIClient().post(LOGIN, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert answer.json()["message"] == message


@pytest.mark.parametrize("password", [5, ["x"], {"$ne": ""}, "x" * 1_000, "\x00", True])
def test_refuses_what_is_no_password(vendor: Person, password: Any) -> None:
    assert sign_in(vendor.user, password).status_code == 422
    assert not TokenFamily.objects.exists()


def test_refuses_a_lone_surrogate(vendor: Person) -> None:
    raw = b'{"email": "%s", "password": "\\ud800"}' % vendor.user.email.encode()
    assert APIClient().post(LOGIN, raw, content_type="application/json").status_code == 422


@pytest.mark.parametrize("field", ["is_staff", "role", "status", "company", "token_version"])
def test_refuses_fields_that_are_not_asked_for(vendor: Person, field: str) -> None:
    answer = APIClient().post(LOGIN, {"email": vendor.user.email, "password": PASSWORD, field: "staff"}, format="json")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    vendor.user.refresh_from_db()
    assert not vendor.user.is_staff
