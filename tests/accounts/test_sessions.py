"""Where somebody is signed in: told in plain words, and ended at once from elsewhere."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from aqad.accounts.devices import in_words
from aqad.accounts.models import TokenFamily
from aqad.audit.models import Event
from aqad.core import clock
from tests.accounts.given import ADDRESS, ask_with, refresh, sign_in
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
API, PAGE = "/api/auth/sessions", "/account/devices"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
AGENTS = {
    ANDROID: "Chrome on Android",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Edg/130.0": "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/129.0 Mobile/15E148 Safari/604.1": "Chrome on iPad",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15": "Safari on Mac",
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0": "Firefox on Linux",
    "python-httpx/0.27.2": "python-httpx",
    "okhttp/4.12.0": "okhttp",
    "": "An unknown device",
    "<script>alert(1)</script>": "An unknown device",
    "\u202egnp.exe": "An unknown device",
}


def signed_in_elsewhere(person: Person, agent: str = ANDROID) -> dict[str, Any]:
    """By the API, from a phone, after the person's own client."""
    _ = person.api
    answer = APIClient(headers={"user-agent": agent}).post(
        "/api/auth/login", {"email": person.user.email, "password": PASSWORD}, format="json", REMOTE_ADDR=ADDRESS
    )
    return dict(answer.json())


def listed(person: Person) -> list[dict[str, Any]]:
    return list(person.api.get(API).json()["results"])


@pytest.mark.parametrize(("agent", "words"), AGENTS.items())
def test_a_device_is_named_in_plain_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


class TestTheList:
    def test_says_which_device_from_where_and_since_when(self, vendor: Person) -> None:
        signed_in_elsewhere(vendor)
        phone, here = listed(vendor)
        assert (phone["device"], phone["address"], phone["kind"], phone["is_current"]) == ("Chrome on Android", ADDRESS, "tokens", False)
        assert (here["is_current"], here["kind"]) == (True, "tokens")
        assert phone["created_at"] <= phone["seen_at"] < phone["expires_at"]

    def test_holds_browsers_too_and_nobody_elses(self, vendor: Person, rival_vendor: Person) -> None:
        browser_of(vendor)
        browser_of(rival_vendor)
        signed_in_elsewhere(rival_vendor)
        assert sorted(row["kind"] for row in listed(vendor)) == ["browser", "tokens"]

    def test_leaves_out_what_has_ended(self, vendor: Person) -> None:
        first, _second = signed_in_elsewhere(vendor), signed_in_elsewhere(vendor)
        APIClient().post("/api/auth/logout", {"refresh": first["refresh"]}, format="json")
        TokenFamily.objects.filter(pk=listed(vendor)[0]["id"]).update(expires_at=clock.now())
        assert [row["is_current"] for row in listed(vendor)] == [True]

    def test_leaves_out_what_a_password_change_has_ended(self, vendor: Person) -> None:
        signed_in_elsewhere(vendor)
        browser = browser_of(vendor)
        form = {"old_password": PASSWORD, "new_password": "Another-Carton-7"}
        browser.post("/account/password", form)
        access = sign_in(vendor.user, "Another-Carton-7").json()["access"]
        rows = APIClient(headers={"authorization": f"Bearer {access}"}).get(API).json()["results"]
        assert [row["is_current"] for row in rows] == [True]

    def test_when_it_was_last_seen_is_kept_to_five_minutes(self, vendor: Person) -> None:
        seen = listed(vendor)[0]["seen_at"]
        with time_machine.travel(clock.now() + timedelta(minutes=4)):
            listed(vendor)
            assert listed(vendor)[0]["seen_at"] == seen
        with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
            listed(vendor)
            assert listed(vendor)[0]["seen_at"] > seen


class TestEndingOne:
    def test_its_tokens_end_at_once(self, vendor: Person) -> None:
        phone = signed_in_elsewhere(vendor)
        answer = vendor.api.delete(f"{API}/{listed(vendor)[0]['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert ask_with(phone["access"]).status_code == 401
        assert refresh(phone["refresh"]).status_code == 401
        assert len(listed(vendor)) == 1
        event = Event.objects.get(verb="accounts.sessions_ended")
        assert event.facts == {"families": [str(TokenFamily.objects.exclude(ended_at=None).get().pk)]}

    def test_a_browsers_session_ends_at_once(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        assert browser.get("/dashboard").status_code == 200
        ended = next(row["id"] for row in listed(vendor) if row["kind"] == "browser")
        vendor.api.delete(f"{API}/{ended}")
        assert browser.get("/dashboard").headers["Location"].startswith("/sign-in")
        assert browser.get("/api/auth/me").status_code == 401

    def test_another_persons_and_one_that_is_over_are_not_there(self, vendor: Person, rival_vendor: Person) -> None:
        signed_in_elsewhere(rival_vendor)
        foreign = TokenFamily.objects.get(user=rival_vendor.user, agent=ANDROID)
        for wanted in (foreign.pk, uuid.uuid4(), "x", "1"):
            assert vendor.api.delete(f"{API}/{wanted}").status_code == 404
        foreign.refresh_from_db()
        assert foreign.ended_at is None
        phone = signed_in_elsewhere(vendor)
        ended = listed(vendor)[0]["id"]
        assert [vendor.api.delete(f"{API}/{ended}").status_code for _ in range(2)] == [204, 404]
        assert ask_with(phone["access"]).status_code == 401
        assert Event.objects.filter(verb="accounts.sessions_ended").count() == 1

    def test_all_others_and_this_one_stays(self, vendor: Person) -> None:
        phone, browser = signed_in_elsewhere(vendor), browser_of(vendor)
        assert vendor.api.delete(API).status_code == 204
        assert ask_with(phone["access"]).status_code == 401
        assert browser.get("/api/auth/me").status_code == 401
        assert [row["is_current"] for row in listed(vendor)] == [True]
        assert len(Event.objects.get(verb="accounts.sessions_ended").facts["families"]) == 2


class TestThePage:
    def test_marks_this_device_and_ends_another(self, vendor: Person) -> None:
        phone, browser = signed_in_elsewhere(vendor), browser_of(vendor)
        page = text_of(browser.get(PAGE))
        assert page.count("This device") == 1
        assert "Chrome on Android" in page
        assert ADDRESS in page
        ended = TokenFamily.objects.get(agent=ANDROID)
        assert "That device is signed out." in text_of(browser.post(f"{PAGE}/{ended.pk}/end", follow=True))
        assert ask_with(phone["access"]).status_code == 401

    def test_ends_all_others(self, vendor: Person) -> None:
        signed_in_elsewhere(vendor)
        browser_of(vendor)
        browser = browser_of(vendor)
        assert "3 other devices are signed out." in text_of(browser.post(f"{PAGE}/end-others", follow=True))
        assert "You are signed in nowhere else." in text_of(browser.post(f"{PAGE}/end-others", follow=True))

    def test_ending_this_one_signs_out(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        assert browser.post(f"{PAGE}/{TokenFamily.objects.get().pk}/end").headers["Location"] == "/sign-in"
        assert browser.get(PAGE).headers["Location"].startswith("/sign-in")

    def test_a_device_that_names_itself_badly_harms_no_page(self, vendor: Person) -> None:
        signed_in_elsewhere(vendor, "<script>alert(1)</script> Firefox/1 Windows")
        answer = browser_of(vendor).get(PAGE)
        assert b"<script>alert" not in answer.content
        assert "Firefox on Windows" in text_of(answer)


class TestABrowsersSession:
    def test_signing_out_ends_it_on_record(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        browser.post("/sign-out")
        family = TokenFamily.objects.get()
        assert family.ended_at is not None
        assert Event.objects.get(verb="accounts.signed_out").facts == {"family": str(family.pk)}

    def test_a_copied_cookie_is_worth_nothing_after_signing_out(self, vendor: Person) -> None:
        browser, thief = browser_of(vendor), Client()
        thief.cookies["sessionid"] = browser.cookies["sessionid"].value
        assert thief.get("/api/auth/me").status_code == 200
        browser.post("/sign-out")
        assert thief.get("/api/auth/me").status_code == 401

    def test_one_that_lives_by_nothing_is_no_session(self, vendor: Person) -> None:
        """As those of the release before were opened."""
        browser = browser_of(vendor)
        session = browser.session
        del session["family"]
        session.save()
        assert browser.get("/api/auth/me").status_code == 401

    def test_it_ends_after_a_day(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        TokenFamily.objects.update(expires_at=clock.now())
        assert browser.get("/api/auth/me").status_code == 401

    def test_signing_in_anew_in_the_same_browser_leaves_the_old_session(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        browser.force_login(vendor.user)
        assert TokenFamily.objects.filter(ended_at=None).count() == 1
