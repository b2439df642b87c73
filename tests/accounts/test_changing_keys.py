"""A key is changed while people work: what the earlier one signed is believed until its time is over, and nothing new is signed with it."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient
from rest_framework_simplejwt.state import token_backend

from aqad import env
from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.models import SecondFactor
from tests.accounts.given import ask_with, code, logout, refresh, sign_in, tokens_of, with_second_factor
from tests.accounts.test_tokens import claims_of, signed
from tests.browsing import browser_of
from tests.cast import Person
from tests.vendors.given import a_vendor_in
from vendors.actions.registering import application_token

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
NEW, OTHER = secrets.token_urlsafe(48), secrets.token_urlsafe(48)


@pytest.fixture
def change_jwt_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """As a restart with a new JWT_SIGNING_KEY would have it: simplejwt reads its key once."""

    def change(*previous: str) -> str:
        before = settings.JWT_SIGNING_KEY
        settings.JWT_SIGNING_KEY, settings.JWT_PREVIOUS_KEYS = NEW, list(previous or (before,))
        monkeypatch.setattr(token_backend, "signing_key", NEW)
        for name in ("prepared_signing_key", "prepared_verifying_key"):
            token_backend.__dict__.pop(name, None)
        return str(before)

    yield change
    for name in ("prepared_signing_key", "prepared_verifying_key"):
        token_backend.__dict__.pop(name, None)


def key_of(token: str, *keys: str) -> str:
    """Which of the keys signed it."""
    for key in keys:
        try:
            jwt.decode(token, key, algorithms=["HS256"], audience="aqad")
        except jwt.InvalidSignatureError:
            continue
        return key
    raise AssertionError("signed with none of them")


def test_tokens_of_the_earlier_key_go_on_and_new_ones_bear_the_new_key(vendor: Person, change_jwt_key: Any) -> None:
    old = tokens_of(vendor.user)
    before = change_jwt_key()
    assert ask_with(old["access"]).status_code == 200
    answer = refresh(old["refresh"])
    assert answer.status_code == 200
    for token in answer.json().values():
        assert key_of(token, NEW, before) == NEW
    assert ask_with(answer.json()["access"]).status_code == 200
    assert refresh(old["refresh"]).status_code == 401


def test_logging_out_with_a_token_of_the_earlier_key_ends_the_family(vendor: Person, change_jwt_key: Any) -> None:
    old = tokens_of(vendor.user)
    change_jwt_key()
    assert logout(old["refresh"]).status_code == 204
    assert ask_with(old["access"]).status_code == 401


def test_a_key_that_is_not_named_opens_nothing(vendor: Person, change_jwt_key: Any) -> None:
    old = tokens_of(vendor.user)
    change_jwt_key(OTHER)
    assert ask_with(old["access"]).status_code == 401
    assert refresh(old["refresh"]).status_code == 401


@pytest.mark.parametrize("wrong", [{"exp": 1}, {"aud": "elsewhere"}, {"iss": "elsewhere"}, {"token_type": "refresh"}, {"ver": 99}])
def test_the_earlier_key_opens_nothing_that_the_present_one_would_not(vendor: Person, change_jwt_key: Any, wrong: dict[str, Any]) -> None:
    claims = claims_of(tokens_of(vendor.user)["access"])
    before = change_jwt_key()
    assert ask_with(signed(claims, key=before)).status_code == 200
    assert ask_with(signed({**claims, **wrong}, key=before)).status_code == 401


def test_several_earlier_keys_are_believed(vendor: Person, change_jwt_key: Any, settings: Any) -> None:
    old = tokens_of(vendor.user)
    change_jwt_key(OTHER, settings.JWT_SIGNING_KEY)
    assert ask_with(old["access"]).status_code == 200


def change_secret_key(settings: Any, *, keep: bool = True) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
    settings.SECRET_KEY = NEW


def test_a_browser_stays_signed_in_and_its_session_moves_to_the_new_key(vendor: Person, settings: Any) -> None:
    browser = browser_of(vendor)
    assert browser.get("/account").status_code == 200
    change_secret_key(settings)
    assert browser.get("/account").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get("/account").status_code == 200


def test_without_the_earlier_key_browsers_sign_in_again(vendor: Person, settings: Any) -> None:
    browser = browser_of(vendor)
    change_secret_key(settings, keep=False)
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize("keep", [True, False])
def test_links_in_mails_live_as_long_as_their_key(vendor: Person, stranger: APIClient, settings: Any, *, keep: bool) -> None:
    applicant = a_vendor_in("pending")
    reset, application = reset_token_for(vendor.user), application_token(applicant.of)
    change_secret_key(settings, keep=keep)
    body = {"token": reset, "password": "Another-Carton-24"}
    assert stranger.post("/api/auth/password/reset/confirm", body, format="json").status_code == (204 if keep else 422)
    assert stranger.get(f"/api/vendor/application/{application}").status_code == (200 if keep else 404)


def test_an_earlier_secret_must_be_strong_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_PREVIOUS_KEYS", f"{NEW}, {OTHER}")
    assert env.earlier_secrets("JWT_PREVIOUS_KEYS") == [NEW, OTHER]
    monkeypatch.setenv("JWT_PREVIOUS_KEYS", f"{NEW},short")
    with pytest.raises(env.EnvError, match="JWT_PREVIOUS_KEYS is too weak"):
        env.earlier_secrets("JWT_PREVIOUS_KEYS")


class TestSecondFactors:
    def test_are_sealed_anew_so_that_the_earlier_key_can_go(
        self, vendor: Person, settings: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with_second_factor(vendor.user)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]
        call_command("reseal_secrets")
        assert capsys.readouterr().out == "1 second factors are sealed with the present key.\n"
        settings.SECRET_KEY_FALLBACKS = []
        assert sign_in(vendor.user, otp=code()).status_code == 200

    def test_one_that_no_key_opens_is_named_and_left_as_it_is(self, vendor: Person, retailer: Person, settings: Any) -> None:
        with_second_factor(vendor.user)
        before = SecondFactor.objects.get(user=vendor.user).secret
        settings.SECRET_KEY = NEW
        with_second_factor(retailer.user)
        with pytest.raises(CommandError, match=f"users {vendor.user.pk}\\."):
            call_command("reseal_secrets")
        assert SecondFactor.objects.get(user=vendor.user).secret == before
