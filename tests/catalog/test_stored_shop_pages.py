"""The shop window's lists are stored bytes for strangers: nobody's, never stale, free to read again."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from aqad.core import stored
from catalog.actions import products
from catalog.models import Product
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture
def pepsi(vendor: Person) -> Product:
    return ProductFactory(vendor=vendor.of)


@pytest.fixture
def pages(pepsi: Product) -> list[str]:
    return ["/", "/products", "/products?search=pepsi", f"/vendors/{pepsi.vendor.reference}"]


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def test_a_stored_page_is_nobodys(pages: list[str], retailer: Person) -> None:
    """Whoever made the server build it, it holds no cookie, no token, no nonce, no name."""
    for page in pages:
        for builder in (Client(), browser(retailer)):
            cache.clear()
            stored.near.clear()
            builder.get(page)
            answer = Client().get(page)
            assert not answer.cookies, page
            assert "Set-Cookie" not in answer.headers
            assert "nonce" not in answer.headers["Content-Security-Policy"]
            for secret in (b"csrf", b"nonce", retailer.user.name.encode(), b"Sign out"):
                assert secret not in answer.content.lower(), (page, secret)


def test_a_message_for_one_visitor_is_not_stored_for_all(pages: list[str]) -> None:
    request = RequestFactory().get("/")
    storage, answer = CookieStorage(request), Client().get("/sign-in")
    storage.add(messages.INFO, "You are signed out")
    storage.update(answer)
    for page in pages:
        cache.clear()
        stored.near.clear()
        visitor = Client()
        visitor.cookies[CookieStorage.cookie_name] = answer.cookies[CookieStorage.cookie_name].value
        visitor.get(page)
        assert b"You are signed out" not in Client().get(page).content, page


def test_a_stored_page_is_served_without_asking_the_database(pages: list[str], client: Client, django_assert_num_queries: Any) -> None:
    for page in pages:
        first = client.get(page)
        with django_assert_num_queries(0):
            again = client.get(page)
            stored.near.clear()  # as another process would see it
            third = client.get(page)
        assert first.content == again.content == third.content, page


def test_who_has_the_page_already_is_told_so(pages: list[str], client: Client) -> None:
    for page in pages:
        first = client.get(page)
        again = client.get(page, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), page
        assert (first.headers["Cache-Control"].startswith("public, max-age="), "Cookie" in first.headers["Vary"]) == (True, True)
        head = client.head(page)
        assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


def test_a_new_price_is_seen_at_its_commit(
    pages: list[str], vendor: Person, pepsi: Product, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    for page in pages:
        assert b"48.00" in client.get(page).content
    with django_capture_on_commit_callbacks(execute=True):
        products.update_product(pepsi, fields={"price": "51.25"}, actor=vendor.actor)  # type: ignore[typeddict-item]
    for page in pages:
        assert b"51.25" in client.get(page).content, page


def test_no_page_is_older_than_five_seconds_whoever_puts_it_together(pages: list[str], pepsi: Product) -> None:
    client = Client()
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for page in pages:
            assert b"Pepsi 330ml" in client.get(page).content
        Product.objects.filter(pk=pepsi.pk).update(name="Changed")  # as no action does: nothing is told
        clock.shift(2.9)
        stored.near.clear()  # another process puts the stored content into a shell
        for page in pages:
            assert b"Pepsi 330ml" in client.get(page).content, page
        clock.shift(0.2)
        for page in pages:
            assert b"Changed" in client.get(page).content, page


def test_people_get_the_same_content_in_their_own_shell(pages: list[str], retailer: Person) -> None:
    for page in pages:
        Client().get(page)
        person = browser(retailer)
        with CaptureQueriesContext(connection) as queries:
            answer = person.get(page)
        assert not any("catalog_product" in query["sql"] for query in queries), page
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"Pepsi 330ml" in answer.content
        assert b"Sign out" in answer.content


def test_a_part_of_the_page_comes_without_the_shell(pepsi: Product, retailer: Person) -> None:
    person = browser(retailer)
    part = person.get("/products", headers={"HX-Request": "true"}).content
    assert (b'id="found"' in part, b"Sign out" in part, b"<title>" in part) == (True, False, True)
    restored = person.get("/products", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).content
    assert b"Sign out" in restored


@time_machine.travel(1_800_000_000, tick=False)  # within one window of the limit
def test_only_who_makes_the_server_build_a_page_is_counted(pages: list[str]) -> None:
    client = Client()
    for page in pages:
        assert [client.get(page).status_code for _ in range(30)] == [200] * 30, page
    answers = [client.get(f"/products?max_price={number}").status_code for number in range(1, 101)]
    free = answers.count(200)
    assert answers == [200] * free + [429] * (100 - free)
    assert free < 100
    assert client.get(f"/products?max_price={free}").status_code == 200  # a stored page is free
    for refused in ("/vendors/V9999999", "/products?min_price=x"):
        assert client.get(refused).status_code == 429, refused


@time_machine.travel(1_800_000_000, tick=False)
def test_a_made_up_session_does_not_escape_the_limit(pepsi: Product) -> None:
    client = Client()
    answers = []
    for number in range(101):
        client.cookies["sessionid"] = f"made-up-{number}"
        answers.append(client.get(f"/products?min_price={number}").status_code)
    assert answers == [200] * 100 + [429]
