"""What search engines are told: every public address, in parts, and to stay away from the rest."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.journeys.routes import page_operations

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
PUBLIC = "https://aqad.example"


@pytest.fixture(autouse=True)
def _public_address(settings: Settings) -> None:
    settings.PUBLIC_URL = PUBLIC


def places(client: Client, path: str) -> list[str]:
    answer: Any = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    root = ET.fromstring(answer.getvalue())  # noqa: S314  (our own)
    return [str(place.text) for place in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_the_index_names_every_part_and_no_empty_one(vendor: Person, client: Client) -> None:
    for number in (1500, 9999, 10_000, 250_000):
        ProductFactory(pk=number, vendor=vendor.of)
    ProductFactory(pk=30_000, vendor=vendor.of, status="draft")
    listed = places(client, "/sitemap.xml")
    assert listed == [f"{PUBLIC}/sitemap-shop.xml", *(f"{PUBLIC}/sitemap-products-{part}.xml" for part in (0, 1, 25))]
    products = [place for part in listed[1:] for place in places(client, part.removeprefix(PUBLIC))]
    assert products == [f"{PUBLIC}/products/P{number}/pepsi-330ml" for number in (1500, 9999, 10_000, 250_000)]


def test_only_what_may_be_seen_is_named(vendor: Person, rival_vendor: Person, client: Client) -> None:
    ProductFactory(vendor=vendor.of)
    ProductFactory(vendor=rival_vendor.of, slug="حليب")
    rival_vendor.of.company.status = "suspended"
    rival_vendor.of.company.save()
    shop = places(client, "/sitemap-shop.xml")
    assert f"{PUBLIC}/" in shop
    assert f"{PUBLIC}/products?category=soft-drinks" in shop
    assert f"{PUBLIC}/vendors/{vendor.of.reference}" in shop
    assert f"{PUBLIC}/vendors/{rival_vendor.of.reference}" not in shop
    assert len(places(client, "/sitemap-products-0.xml")) == 1


def test_named_addresses_open_without_a_redirect(vendor: Person, client: Client) -> None:
    ProductFactory(vendor=vendor.of, slug="حليب-المراعي")
    for place in places(client, "/sitemap-products-0.xml") + places(client, "/sitemap-shop.xml"):
        assert client.get(place.removeprefix(PUBLIC)).status_code == 200, place


def test_a_part_that_is_not_there_is_not_found(client: Client) -> None:
    for part in ("7", "9" * 30):
        assert client.get(f"/sitemap-products-{part}.xml").status_code == 404


def test_robots_stay_away_from_what_is_private(client: Client) -> None:
    answer = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in answer
    kept = re.findall(r"Disallow: (\S+)", answer)
    public = {
        "",
        "products",
        "products/<str:reference>",
        "products/<str:reference>/<str:slug>",
        "vendors/<str:reference>",
        "join",
        "sell",
        "sign-in",
    }
    private = {f"/{route}" for _method, route in page_operations() if route not in public and route != "sign-out"}
    assert [route for route in sorted(private) if not route.startswith(tuple(kept))] == []
    assert not any(f"/{route}".startswith(tuple(kept)) for route in public)
