"""Which access tokens open the door (TRUST.md 4), and when they stop to."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.accounts import tokens
from aqad.core import clock
from tests.accounts.given import ME, ask_with, logout, refresh, sign_in, tokens_of
from tests.cast import Person
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict[str, Any], key: str | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or django_settings.JWT_SIGNING_KEY, algorithm=algorithm)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def edited(token: str) -> str:
    head, _, tail = token.split(".")
    return f"{head}.{part({**claims_of(token), 'sub': '1'})}.{tail}"


def without_algorithm(token: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def with_claims(**changes: Any) -> Callable[[str], str]:
    return lambda token: signed({**claims_of(token), **changes})


def lacking(name: str) -> Callable[[str], str]:
    return lambda token: signed({key: value for key, value in claims_of(token).items() if key != name})


FORGERIES: dict[str, Callable[[str], str]] = {
    "no algorithm": without_algorithm,
    "wrong key": lambda token: signed(claims_of(token), key="another-key-that-is-long-enough-for-hs256"),
    "the key of everything else": lambda token: signed(claims_of(token), key=django_settings.SECRET_KEY),
    "another algorithm": lambda token: signed(claims_of(token), algorithm="HS512"),
    "edited payload": edited,
    "cut": lambda token: token[:-4],
    "expired": with_claims(exp=int((datetime.now(UTC) - timedelta(seconds=1)).timestamp())),
    "wrong issuer": with_claims(iss="elsewhere"),
    "wrong audience": with_claims(aud="elsewhere"),
    "refresh as access": with_claims(token_type="refresh"),
    "another family": with_claims(fam="00000000-0000-4000-8000-000000000000"),
    "no family at all": with_claims(fam="x"),
    "another version": with_claims(ver=99),
    "somebody else": with_claims(sub="999999"),
    "no number": with_claims(sub="x"),
    "a number past any": with_claims(sub=str(2**70)),
    "a version past any": with_claims(ver=2**40),
    "no expiry": lacking("exp"),
    "no issuer": lacking("iss"),
    "no audience": lacking("aud"),
    "no type": lacking("token_type"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_refuses_a_forged_token(vendor: Person, forgery: str) -> None:
    access = tokens_of(vendor.user)["access"]
    answer = ask_with(FORGERIES[forgery](access))
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (401, "unauthorized", "Unauthorized")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "bearer null", "Bearer \xff", "Basic dTpw"])
def test_refuses_a_missing_or_broken_header(db: None, header: str | None) -> None:
    answer = APIClient().get(ME, headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_real_refresh_token_is_no_access_token(vendor: Person) -> None:
    assert ask_with(tokens_of(vendor.user)["refresh"]).status_code == 401


def test_access_lives_fifteen_minutes_and_names_issuer_and_audience(vendor: Person) -> None:
    access = tokens_of(vendor.user)["access"]
    claims = claims_of(access)
    assert (claims["iss"], claims["aud"], claims["exp"] - claims["iat"]) == ("aqad", "aqad", 900)
    with time_machine.travel(clock.now() + timedelta(minutes=14, seconds=50)):
        assert ask_with(access).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        assert ask_with(access).status_code == 401


def test_refresh_lives_seven_days(vendor: Person) -> None:
    token = tokens_of(vendor.user)["refresh"]
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)):
        assert refresh(token).status_code == 401
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23)):
        assert refresh(token).status_code == 200


def test_a_deactivated_person_is_out_at_once(vendor: Person, staff: Person) -> None:
    pair = tokens_of(vendor.user)
    assert staff.api.post(f"/api/users/{vendor.user.pk}/deactivate").status_code == 200
    assert ask_with(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401


def test_reactivating_does_not_revive_old_tokens(vendor: Person, staff: Person) -> None:
    pair = tokens_of(vendor.user)
    staff.api.post(f"/api/users/{vendor.user.pk}/deactivate")
    staff.api.post(f"/api/users/{vendor.user.pk}/reactivate")
    assert ask_with(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401
    assert sign_in(vendor.user).status_code == 200


def test_the_people_of_a_suspended_company_are_out_at_once_and_sign_in_anew(retailer: Person, staff: Person) -> None:
    pair = tokens_of(retailer.user)
    assert staff.api.post(f"/api/retailers/{retailer.of.reference}/suspend", {"reason": "Unpaid"}).status_code == 200
    assert ask_with(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401
    staff.api.post(f"/api/retailers/{retailer.of.reference}/reinstate")
    assert ask_with(pair["access"]).status_code == 401
    assert sign_in(retailer.user).status_code == 200


def test_logout_ends_access_and_refresh_of_this_sign_in_alone(vendor: Person) -> None:
    here, elsewhere = tokens_of(vendor.user), tokens_of(vendor.user)
    answer = logout(here["refresh"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert ask_with(here["access"]).status_code == 401
    assert refresh(here["refresh"]).status_code == 401
    assert ask_with(elsewhere["access"]).status_code == 200


def test_logout_may_be_repeated_and_refuses_a_forged_token(vendor: Person) -> None:
    pair = tokens_of(vendor.user)
    assert [logout(pair["refresh"]).status_code for _ in range(2)] == [204, 204]
    assert logout(pair["access"]).status_code == 401
    assert logout("x").status_code == 401
    assert APIClient().post("/api/auth/logout", {}, format="json").status_code == 422


def test_a_password_change_ends_all_tokens(vendor: Person) -> None:
    here, elsewhere = tokens_of(vendor.user), tokens_of(vendor.user)
    body = {"old_password": PASSWORD, "new_password": "Another-Carton-7"}
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {here['access']}")
    assert client.post("/api/auth/password/change", body, format="json").status_code == 204
    for pair in (here, elsewhere):
        assert ask_with(pair["access"]).status_code == 401
        assert refresh(pair["refresh"]).status_code == 401


def test_who_is_calling_costs_one_query(vendor: Person) -> None:
    access = tokens_of(vendor.user)["access"]
    with CaptureQueriesContext(connection) as queries:
        assert ask_with(access).status_code == 200
    assert len(queries) == 1


def test_a_token_that_was_read_before_still_ends_in_its_time(retailer: Person) -> None:
    token = tokens_of(retailer.user)["access"]
    expires = datetime.fromtimestamp(claims_of(token)["exp"], UTC)

    for seconds, is_good in ((-600, True), (-1, True), (0, False), (1, False)):
        with time_machine.travel(expires + timedelta(seconds=seconds), tick=False):
            assert (tokens.read_access(token) is not None) is is_good


def test_a_token_of_a_clock_that_is_ahead_is_good_once_ours_is_there(retailer: Person) -> None:
    token = with_claims(iat=int((datetime.now(UTC) + timedelta(seconds=30)).timestamp()))(tokens_of(retailer.user)["access"])
    assert tokens.read_access(token) is None

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        assert tokens.read_access(token) is not None
