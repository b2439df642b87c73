"""Passwords: changed, forgotten, set by a mailed link that works once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.models import FailedSignIn, User
from aqad.audit.actions import work_off
from aqad.audit.models import Event
from aqad.core import clock
from aqad.notifications.models import Mail
from tests import cast
from tests.accounts.given import ADDRESS, ask_with, refresh, sign_in, together, tokens_of
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "Another-Carton-7"
CHANGE, RESET, CONFIRM = "/api/auth/password/change", "/api/auth/password/reset", "/api/auth/password/reset/confirm"
REQUESTED = "accounts.password_reset_requested"


def change(person: Person, **body: Any) -> Any:
    return person.api.post(CHANGE, {"old_password": PASSWORD, "new_password": NEW, **body}, format="json", REMOTE_ADDR=ADDRESS)


def ask_for_reset(email: str) -> Any:
    return APIClient().post(RESET, {"email": email}, format="json")


def confirm(token: str, password: str = NEW) -> Any:
    return APIClient().post(CONFIRM, {"token": token, "password": password}, format="json")


def fresh(person: Person) -> User:
    return User.objects.get(pk=person.user.pk)


@pytest.mark.embedded
def test_a_new_password_opens_and_the_old_one_does_not(vendor: Person) -> None:
    answer = change(vendor)
    assert (answer.status_code, answer.content) == (204, b"")
    assert sign_in(vendor.user, NEW).status_code == 200
    assert sign_in(vendor.user).status_code == 401
    assert Event.objects.filter(verb="accounts.password_changed", subject=f"user:{vendor.user.pk}").count() == 1
    assert fresh(vendor).password.startswith("argon2")


def test_a_password_change_ends_browser_sessions(vendor: Person) -> None:
    browser = Client()
    browser.force_login(vendor.user)
    assert browser.get("/api/auth/me").status_code == 200
    change(vendor)
    assert browser.get("/api/auth/me").status_code == 401


def test_refuses_a_wrong_old_password(vendor: Person) -> None:
    answer = change(vendor, old_password="Wrong-Carton-1")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["old_password"])
    assert fresh(vendor).password == vendor.user.password
    assert ask_with(tokens_of(vendor.user)["access"]).status_code == 200


def test_guesses_at_the_old_password_are_limited_like_sign_ins(vendor: Person) -> None:
    assert [change(vendor, old_password="Wrong-Carton-1").status_code for _ in range(6)] == [422] * 5 + [429]
    assert change(vendor).status_code == 429
    assert FailedSignIn.objects.count() == 5
    assert fresh(vendor).password == vendor.user.password


@pytest.mark.parametrize(
    "weak",
    [
        *("", "Ab1", "Abcdef1", "lower-case-1", "UPPER-CASE-1", "No-Digits-At-All", "Password1", "P@ssw0rd", None, 12345678, ["Abcdefg1"]),
        *("Ab1" * 100, "Abcdefg1\x00"),
    ],
)
def test_refuses_a_weak_password_everywhere(vendor: Person, weak: Any) -> None:
    assert change(vendor, new_password=weak).status_code == 422
    assert confirm(reset_token_for(fresh(vendor)), weak).status_code == 422
    assert fresh(vendor).password == vendor.user.password


def test_spaces_and_letters_of_any_script_may_be_in_a_password(vendor: Person) -> None:
    odd = " Karton 24 كرتون "
    assert change(vendor, new_password=odd).status_code == 204
    assert sign_in(vendor.user, odd).status_code == 200
    assert sign_in(vendor.user, odd.strip()).status_code == 401


@pytest.mark.embedded
def test_a_reset_answers_alike_whether_the_email_is_known_or_not(vendor: Person) -> None:
    known, unknown = ask_for_reset(vendor.user.email), ask_for_reset("nobody@shop.test")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b"")
    event = Event.objects.get(verb=REQUESTED)
    assert (event.subject, event.facts) == (f"user:{vendor.user.pk}", {})


def test_a_deactivated_person_is_mailed_nothing(vendor: Person) -> None:
    User.objects.update(is_active=False)
    assert ask_for_reset(vendor.user.email).status_code == 202
    assert not Event.objects.filter(verb=REQUESTED).exists()


@pytest.mark.django_db(transaction=True)
def test_the_mailed_link_sets_the_password(vendor: Person) -> None:
    ask_for_reset(vendor.user.email.upper())
    work_off()
    mail = Mail.objects.get(user=vendor.user)
    token = next(word for word in mail.text.split() if "/account/password/" in word).rpartition("/")[2].rstrip(".")
    assert confirm(token).status_code == 204
    assert sign_in(vendor.user, NEW).status_code == 200
    assert token not in str(list(Event.objects.values()))


@pytest.mark.embedded
def test_a_reset_ends_all_tokens_and_its_token_works_once(vendor: Person) -> None:
    pair, token = tokens_of(vendor.user), reset_token_for(vendor.user)
    assert confirm(token).status_code == 204
    assert ask_with(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401
    again = confirm(token, "Third-Carton-9")
    assert (again.status_code, list(again.json()["errors"])) == (422, ["token"])
    assert sign_in(vendor.user, NEW).status_code == 200


def test_a_token_dies_with_a_password_change_a_deactivation_and_three_days(vendor: Person, staff: Person) -> None:
    old = reset_token_for(fresh(vendor))
    change(vendor)
    assert confirm(old).status_code == 422
    before = reset_token_for(fresh(vendor))
    staff.api.post(f"/api/users/{vendor.user.pk}/deactivate")
    assert confirm(before).status_code == 422
    staff.api.post(f"/api/users/{vendor.user.pk}/reactivate")
    assert confirm(before).status_code == 422
    token = reset_token_for(fresh(vendor))
    with time_machine.travel(clock.now() + timedelta(days=3, seconds=2)):
        assert confirm(token).status_code == 422
    with time_machine.travel(clock.now() + timedelta(days=2, hours=23)):
        assert confirm(token).status_code == 204


def test_refuses_a_token_that_was_not_mailed(vendor: Person, rival_vendor: Person) -> None:
    number, made, signature = reset_token_for(vendor.user).split("-")
    rival = reset_token_for(rival_vendor.user).split("-")[0]
    forged = [
        *("x", "-", "--", "1-1-1", f"{rival}-{made}-{signature}", f"{number}-{made}-{'0' * 64}", f"{number}-zzzzzz-{signature}"),
        *(
            f"{number}-zzzzzzzzzzzzz-{signature}",
            f"{'z' * 14}-{made}-{signature}",
            f"{'z' * 13}-{made}-{signature}",
            "é-é-é",
            f"{number}-{made}",
        ),
    ]
    for token in forged:
        answer = confirm(token)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["token"])
    assert fresh(vendor).password == vendor.user.password


def test_five_resets_an_hour_per_account_known_or_not(vendor: Person) -> None:
    for email in (vendor.user.email, "nobody@shop.test"):
        answers = [ask_for_reset(email) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [202] * 5 + [429]
        assert answers[-1].headers["RateLimit-Limit"] == "5"


def test_no_more_than_five_mails_an_hour_when_the_cache_is_lost(vendor: Person) -> None:
    for _ in range(8):
        cache.clear()
        assert ask_for_reset(vendor.user.email).status_code == 202
    assert Event.objects.filter(verb=REQUESTED).count() == 5


def test_the_password_of_a_pending_vendor_can_be_reset_but_opens_nothing_yet(db: None) -> None:
    person = cast.a_vendor(company__status="pending")
    assert confirm(reset_token_for(person.user)).status_code == 204
    assert sign_in(person.user, NEW).json()["code"] == "account_pending"


@pytest.mark.django_db(transaction=True)
def test_one_token_used_at_once_sets_one_password(vendor: Person) -> None:
    token = reset_token_for(vendor.user)
    answers = together(6, lambda: confirm(token).status_code)
    assert sorted(answers) == [204] + [422] * 5
    assert fresh(vendor).token_version == 2
