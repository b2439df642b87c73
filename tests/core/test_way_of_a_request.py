"""Each hop refuses before the next does any work: limits, headers, CORS, authentication, authorization, validation, action."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from rest_framework.test import APIClient

from aqad.core import limits
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]

HOPS = (
    "aqad.core.middleware.RequestIdMiddleware",
    "aqad.accounts.middleware.RateLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "aqad.core.middleware.ContentSecurityPolicyMiddleware",
    "aqad.core.middleware.CorsMiddleware",
    "aqad.core.stored.StoredListMiddleware",
    "aqad.accounts.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "aqad.accounts.middleware.AuthenticationMiddleware",
    "aqad.accounts.middleware.SessionCompanyMiddleware",
)


def test_the_hops_stand_in_their_order() -> None:
    places = [settings.MIDDLEWARE.index(hop) for hop in HOPS]
    assert places == sorted(places)


def test_whoever_is_over_the_limit_costs_no_query(stranger: APIClient) -> None:
    for _ in range(limits.ANONYMOUS.scaled):
        stranger.get("/api/notifications")
    with CaptureQueriesContext(connection) as queries:
        answer = stranger.get("/api/notifications", headers={"Authorization": "Bearer forged"})
    assert (answer.status_code, len(queries)) == (429, 0)
    assert answer.headers["X-Request-ID"]


def test_a_forged_token_is_refused_before_role_scope_and_body(stranger: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = stranger.post(
            "/api/orders/ORD1001/accept", "{broken", content_type="application/json", headers={"Authorization": "Bearer x"}
        )
    assert (answer.status_code, len(queries)) == (401, 0)


def test_a_wrong_role_is_refused_before_scope_and_body(retailer: Person) -> None:
    answer = retailer.api.post("/api/orders/ORD9999999/accept", "{broken", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_thing_that_is_not_there_is_told_before_the_body_is_looked_at(vendor: Person) -> None:
    for path in ("orders/ORD9999999/reject", "products/P9999999/stock"):
        assert vendor.api.post(f"/api/{path}", "{broken", content_type="application/json").status_code == 404, path


def test_an_origin_is_named_on_refusals_too(stranger: APIClient) -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=["http://localhost:3000"]):
        answer = stranger.get("/api/notifications", headers={"Origin": "http://localhost:3000"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, "http://localhost:3000")


def test_every_answer_says_that_it_varies_by_origin(stranger: APIClient) -> None:
    assert "origin" in stranger.get("/api/notifications").headers["Vary"].lower()
    assert "origin" not in stranger.get("/sign-in").headers.get("Vary", "").lower()


def test_a_token_is_the_only_word_on_who_calls_the_api(retailer: Person, vendor: Person) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(vendor.user)
    assert browser.get("/api/auth/me").json()["company"]["id"] == vendor.of.reference
    token = str(retailer.api._credentials["HTTP_AUTHORIZATION"])
    with_token = browser.get("/api/auth/me", headers={"Authorization": token})
    assert with_token.json()["company"]["id"] == retailer.of.reference
    assert not with_token.cookies
    assert browser.get("/api/auth/me", headers={"Authorization": "Bearer stale"}).status_code == 401
    assert browser.delete("/api/cart", headers={"Authorization": "Basic dTpw"}).status_code == 403  # a browser's, without its CSRF token
