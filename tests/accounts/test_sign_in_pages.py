"""Signing in and out on pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from aqad.accounts.models import FailedSignIn, TokenFamily
from aqad.audit.models import Event
from tests import cast
from tests.accounts.given import ADDRESS, sign_in
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
PAGE = "/sign-in"


def try_page(email: str, password: str = PASSWORD, browser: Client | None = None, **form: str) -> Any:
    return (browser or Client()).post(PAGE, {"email": email, "password": password, **form}, REMOTE_ADDR=ADDRESS)


def test_the_right_password_opens_a_session_with_one_event(vendor: Person) -> None:
    browser = Client()
    answer = try_page(vendor.user.email.upper(), browser=browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard")
    assert browser.get("/api/auth/me").json()["email"] == vendor.user.email
    event = Event.objects.get(verb="accounts.signed_in")
    family = str(TokenFamily.objects.get().pk)
    assert (event.actor, event.via, event.facts) == (f"Vendor {vendor.of.reference}", "web", {"session": True, "family": family})


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/orders?status=ready", "/orders?status=ready"), ("//evil.test", "/dashboard"), ("https://evil.test/", "/dashboard")],
)
def test_leads_back_to_pages_of_ours_only(vendor: Person, wanted: str, reached: str) -> None:
    assert try_page(vendor.user.email, next=wanted).headers["Location"] == reached


def test_a_wrong_password_keeps_the_email_and_where_to_go(vendor: Person) -> None:
    answer = try_page(vendor.user.email, "Wrong-Carton-1", next="/orders")
    assert answer.status_code == 401
    page = text_of(answer)
    assert "Wrong e-mail or password." in page
    assert f'value="{vendor.user.email}"' in page
    assert 'name="next" value="/orders"' in page
    assert "Wrong-Carton-1" not in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("pending", ["Your account is pending approval", "the link in our mail shows how your application stands"]),
        ("rejected", ["Your application was rejected; open the link in our mail to see why and to send new papers."]),
        ("suspended", ["Your account is suspended; please contact AQAD."]),
    ],
)
def test_says_clearly_why_a_company_may_not_act(db: None, status: str, words: list[str]) -> None:
    person, browser = cast.a_vendor(company__status=status), Client()
    answer = try_page(person.user.email, browser=browser)
    assert answer.status_code == 403
    assert all(sentence in text_of(answer) for sentence in words)
    assert "_auth_user_id" not in browser.session


def test_the_page_and_the_api_share_their_limits(vendor: Person) -> None:
    for _ in range(3):
        assert try_page(vendor.user.email, "Wrong-Carton-1").status_code == 401
    for _ in range(2):
        sign_in(vendor.user, "Wrong-Carton-1")
    refused = try_page(vendor.user.email)
    assert refused.status_code == 429
    assert "Too many authentication attempts" in text_of(refused)
    assert "You can go on in" in text_of(refused)
    assert int(refused.headers["Retry-After"]) > 0
    assert FailedSignIn.objects.count() == 5


def test_whoever_is_signed_in_goes_straight_on(vendor: Person) -> None:
    assert browser_of(vendor).get(PAGE, {"next": "/orders"}).headers["Location"] == "/orders"


def test_signing_out_ends_the_session(vendor: Person) -> None:
    browser = browser_of(vendor)
    answer = browser.post("/sign-out", follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "You are signed out." in text_of(answer)
    assert browser.get("/api/auth/me").status_code == 401
