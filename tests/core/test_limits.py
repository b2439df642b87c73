"""Limits count the true client and say when to come back."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.test import APIClient

from aqad.core import limits
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


def test_an_address_that_asks_too_often_is_told_when_to_come_back(stranger: APIClient) -> None:
    for _ in range(100):
        assert stranger.get("/api/notifications").status_code == 401
    refused = stranger.get("/api/notifications")
    assert refused.status_code == 429
    body = refused.json()
    assert (body["code"], body["message"]) == ("rate_limited", "Rate limit exceeded")
    assert 1 <= body["retryAfter"] <= 60
    assert refused.headers["Retry-After"] == str(body["retryAfter"])
    assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("100", "0")


def test_a_forged_forwarded_header_or_session_cookie_does_not_escape(stranger: APIClient) -> None:
    for number in range(100):
        stranger.cookies["sessionid"] = f"made-up-{number}"
        stranger.get("/api/notifications", headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert stranger.get("/api/notifications", headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 429


def test_signed_in_people_are_counted_by_person(retailer: Person) -> None:
    answer = retailer.api.get("/api/notifications")
    assert answer.headers["RateLimit-Limit"] == "600"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
        (1, "junk", "9.9.9.9"),
    ],
)
def test_the_address_is_the_nth_from_the_right(settings: Settings, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="9.9.9.9")
    assert limits.client_address(request) == address


def test_an_ipv6_client_is_counted_by_its_network() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")
    assert limits.address_key(request) == "2001:db8:1:2::/64"
