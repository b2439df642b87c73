"""docs/cdn.md: what a CDN may keep is what the page names, and it is the same for every stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
LISTS = {"/api/products", "/api/categories", "/api/brands"}
PAGES = {"/", "/products"}
FOR_AN_HOUR = {"/sitemap.xml", "/sitemap-shop.xml", "/robots.txt"}
FOR_A_DAY = {"/favicon.ico"}


def paths_without_parameters(patterns: Any = None, prefix: str = "/") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if "<" in path or "(" in path:
            continue
        if isinstance(pattern, URLResolver):
            yield from paths_without_parameters(pattern.url_patterns, path)
        else:
            yield path


def test_nothing_but_what_the_page_names_may_be_kept() -> None:
    asked = sorted(set(paths_without_parameters()))
    visitors = {path: Client(REMOTE_ADDR=f"10.1.{number // 250}.{number % 250}") for number, path in enumerate(asked)}  # within every limit
    kept = {path for path in asked if "public" in visitors[path].get(path).headers["Cache-Control"]}
    assert len(asked) > 60
    assert kept == LISTS | PAGES | FOR_AN_HOUR | FOR_A_DAY


def test_a_window_may_be_kept_and_a_products_own_page_may_not(vendor: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    assert "public" in Client().get(f"/vendors/{vendor.of.reference}").headers["Cache-Control"]
    assert Client().get(f"/products/{product.reference}", follow=True).headers["Cache-Control"] == "no-store"
    assert Client().get(f"/api/products/{product.reference}").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", sorted(LISTS | PAGES))
def test_what_may_be_kept_belongs_to_nobody(path: str) -> None:
    """Nor does it depend on anything that is no part of the key."""
    other = {
        "X-Request-ID": "another-request",
        "Accept-Language": "ar",
        "HX-Request": "true",
        "User-Agent": "Phone",
        "Cookie": "theme=dark",
    }
    answers = [Client().get(path), Client(REMOTE_ADDR="10.9.8.7").get(path, headers=other)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert not any(answer.cookies for answer in answers)
    assert b"csrfmiddlewaretoken" not in answers[0].content
    assert ("Accept" if path in LISTS else "Cookie") in answers[0].headers["Vary"]
    seconds = re.fullmatch(r"public, max-age=(\d)(?:, stale-while-revalidate=(\d))?", answers[0].headers["Cache-Control"])
    assert seconds
    assert 0 <= sum(int(part or 0) for part in seconds.groups()) <= 5


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_person_is_never_given_what_may_be_kept(retailer: Person, path: str) -> None:
    client = Client()
    client.force_login(retailer.user)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "public" not in answer.headers["Cache-Control"]
