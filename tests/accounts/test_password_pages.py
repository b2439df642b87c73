"""Passwords on pages: forgotten, chosen behind a mailed link, changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.models import FailedSignIn, User
from aqad.audit.models import Event
from tests.accounts.given import ask_with, sign_in, tokens_of
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
NEW = "Another-Carton-7"
FORGOTTEN, CHANGE = "/password/forgotten", "/account/password"
REQUESTED = "accounts.password_reset_requested"


def ask(email: str, **how: Any) -> Any:
    return Client().post(FORGOTTEN, {"email": email}, **how)


def choose(token: str, password: str = NEW, **how: Any) -> Any:
    return Client().post(f"{CHANGE}/{token}", {"password": password}, **how)


def change(browser: Client, **form: str) -> Any:
    return browser.post(CHANGE, {"old_password": PASSWORD, "new_password": NEW, **form}, follow=True)


def test_says_the_same_whether_the_email_is_known_or_not(vendor: Person) -> None:
    known, unknown = ask(vendor.user.email, follow=True), ask("nobody@shop.test", follow=True)
    assert known.redirect_chain == unknown.redirect_chain == [("/password/asked", 302)]
    assert text_of(known) == text_of(unknown)
    assert Event.objects.get(verb=REQUESTED).subject == f"user:{vendor.user.pk}"


def test_keeps_an_email_that_cannot_be_one(db: None) -> None:
    answer = ask("nobody at shop")
    assert answer.status_code == 422
    assert 'value="nobody at shop"' in text_of(answer)
    assert "Invalid email" in text_of(answer)


def test_five_an_hour_together_with_the_api(vendor: Person) -> None:
    for _ in range(3):
        assert ask(vendor.user.email).status_code == 302
    for _ in range(2):
        assert Client().post("/api/auth/password/reset", {"email": vendor.user.email}).status_code == 202
    assert ask(vendor.user.email).status_code == 429
    assert Event.objects.filter(verb=REQUESTED).count() == 5


def test_the_mailed_link_sets_the_password_once_and_leads_to_signing_in(vendor: Person) -> None:
    token = reset_token_for(vendor.user)
    assert Client().get(f"{CHANGE}/{token}").status_code == 200
    answer = choose(token, follow=True)
    assert answer.redirect_chain == [("/sign-in", 302)]
    assert "Your password is set." in text_of(answer)
    assert sign_in(vendor.user, NEW).status_code == 200
    again = choose(token, "Third-Carton-9")
    assert again.status_code == 422
    assert "This link cannot be used any more; please ask for a new one." in text_of(again)
    assert f'href="{FORGOTTEN}"' in text_of(again)
    assert sign_in(vendor.user, NEW).status_code == 200


def test_a_weak_password_leaves_the_link_alive(vendor: Person) -> None:
    token = reset_token_for(vendor.user)
    answer = choose(token, "lower-case-1")
    assert answer.status_code == 422
    assert "The password needs a lower case letter, an upper case letter and a digit." in text_of(answer)
    assert "lower-case-1" not in text_of(answer)
    assert choose(token).status_code == 302


def test_opening_the_page_tells_nothing_of_the_link(vendor: Person) -> None:
    pages = [Client().get(f"{CHANGE}/{token}") for token in (reset_token_for(vendor.user), "forged")]
    assert [page.status_code for page in pages] == [200, 200]


def test_changing_the_password_ends_every_session_and_token(vendor: Person) -> None:
    browser, elsewhere, pair = browser_of(vendor), browser_of(vendor), tokens_of(vendor.user)
    answer = change(browser)
    assert answer.redirect_chain == [("/sign-in", 302)]
    assert "you are signed out everywhere" in text_of(answer)
    assert [client.get("/api/auth/me").status_code for client in (browser, elsewhere)] == [401, 401]
    assert ask_with(pair["access"]).status_code == 401
    assert sign_in(vendor.user, NEW).status_code == 200


def test_a_wrong_old_password_changes_nothing_and_counts_as_a_guess(vendor: Person) -> None:
    browser = browser_of(vendor)
    answer = change(browser, old_password="Wrong-Carton-1")
    assert answer.status_code == 422
    assert "This is not your present password." in text_of(answer)
    assert (User.objects.get(pk=vendor.user.pk).password, FailedSignIn.objects.count()) == (vendor.user.password, 1)
    assert browser.get(CHANGE).status_code == 200
