"""What every answer carries, whatever was asked."""

import re

import pytest
from rest_framework.test import APIClient

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.mark.parametrize("path", ["/healthz", "/api/nothing-here", "/api/orders", "/api/notifications/"])
def test_every_answer_has_a_request_id(stranger: APIClient, path: str) -> None:
    assert re.fullmatch(r"[0-9A-Z]{13}", stranger.get(path).headers["X-Request-ID"])


def test_a_well_formed_request_id_is_kept_and_another_replaced(stranger: APIClient) -> None:
    assert stranger.get("/healthz", headers={"X-Request-ID": "shop-12345678"}).headers["X-Request-ID"] == "shop-12345678"
    assert stranger.get("/healthz", headers={"X-Request-ID": "bad id\n"}).headers["X-Request-ID"] != "bad id\n"


def test_an_unknown_api_path_is_json_in_the_contracts_shape(stranger: APIClient) -> None:
    answer = stranger.get("/api/nothing-here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_trailing_slash_answers_the_same(stranger: APIClient) -> None:
    assert stranger.get("/api/notifications/").status_code == stranger.get("/api/notifications").status_code == 401


def test_private_answers_are_stored_nowhere(stranger: APIClient) -> None:
    answer = stranger.get("/api/notifications")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/json; version=1", 401), ("application/json; version=2", 406), ("application/json; version=one", 400), ("text/csv", 406)],
)
def test_the_version_is_chosen_by_the_accept_header(stranger: APIClient, accept: str, status: int) -> None:
    assert stranger.get("/api/notifications", headers={"Accept": accept}).status_code == status


def test_cors_allows_named_origins_only(stranger: APIClient) -> None:
    allowed = stranger.options("/api/products", headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"})
    other = stranger.options("/api/products", headers={"Origin": "http://evil.test", "Access-Control-Request-Method": "GET"})
    assert allowed.headers.get("Access-Control-Allow-Origin") in {"http://localhost:3000", None}
    assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize("path", ["/", "/products", "/api/products", "/api/categories"])
def test_no_answer_that_others_may_be_given_touches_anybodys_cookies(stranger: APIClient, path: str) -> None:
    """A cache in front may keep what is public with all its headers."""
    stranger.cookies["sessionid"] = "long-over-or-made-up"
    answer = stranger.get(path)

    assert answer.status_code == 200
    assert "public" not in answer.headers["Cache-Control"] or not answer.cookies
