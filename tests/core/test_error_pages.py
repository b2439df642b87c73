"""Pages that say what went wrong and what to do; those for the worst moments need neither database nor session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from aqad import urls
from aqad.core import limits
from tests.cast import Person

pytestmark = [pytest.mark.embedded, pytest.mark.django_db, pytest.mark.urls(__name__)]


def breaks(request: HttpRequest) -> HttpResponse:
    raise ValueError("password=hunter2 at /srv/aqad/secret.py")


urlpatterns = [path("breaks", breaks), path("api/breaks", breaks), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@contextmanager
def refused_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OperationalError("connection to db-7.internal refused")

    with monkeypatch.context() as patched:
        patched.setattr(CursorWrapper, "execute", refuse)
        yield


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def browser_of(person: Person | None = None, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if person is not None:
        client.force_login(person.user)
    return client


def test_a_500_page_renders_with_the_database_refused_and_shows_no_internals(monkeypatch: pytest.MonkeyPatch) -> None:
    with refused_database(monkeypatch):
        answer = browser_of().get("/breaks")
    html = words(answer)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in html
    assert answer.headers["X-Request-ID"] in html
    assert not re.search(r"hunter2|secret\.py|ValueError|Traceback|db-7", html)
    assert "csrfmiddlewaretoken" not in html


def test_the_number_to_read_out_is_the_one_in_the_log(retailer: Person) -> None:
    answer = browser_of(retailer).get("/breaks", headers={"X-Request-ID": "call-4711-abc"})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "call-4711-abc")
    assert "call-4711-abc" in words(answer)


def test_a_500_of_the_api_stays_in_the_contracts_shape() -> None:
    assert browser_of().get("/api/breaks").json() == {
        "success": False,
        "code": "server_error",
        "message": "Something went wrong on our side.",
    }


def test_a_signed_in_person_is_told_that_the_database_is_away(retailer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browser_of(retailer)
    with refused_database(monkeypatch):
        page, api = browser.get("/notifications?unread=true"), browser.get("/api/notifications")
        form = browser.post("/notifications/read")
    assert (page.status_code, api.status_code, form.status_code) == (503, 503, 503)
    assert page.headers["Retry-After"]
    html = words(page)
    assert "Not available for a moment" in html
    assert page.headers["X-Request-ID"] in html
    assert 'href="/notifications?unread=true"' in html
    assert "db-7" not in html
    assert "send it again in a few seconds" in words(form)
    assert api.json()["code"] == "unavailable"


def test_a_404_page_offers_to_search(retailer: Person) -> None:
    stranger, known = browser_of().get("/nothing-here"), browser_of(retailer).get("/nothing-here")
    assert (stranger.status_code, known.status_code) == (404, 404)
    for answer in (stranger, known):
        assert re.search(r'<form class="search no-print"[^>]*action="/products">.*name="search"', words(answer))
    assert "If it is yours, sign in first." in words(stranger)
    assert 'href="/dashboard"' in words(known)


def test_a_403_page_says_as_whom_one_is_signed_in(retailer: Person) -> None:
    answer = browser_of(retailer).get("/vendor/documents")
    assert answer.status_code == 403
    assert f"You are signed in as {retailer.user.name} of Fresh Mart Supermarket." in words(answer)
    assert 'action="/sign-out"' in words(answer)


def test_a_form_without_its_token_is_to_be_sent_again(retailer: Person) -> None:
    answer = browser_of(retailer, enforce_csrf_checks=True).post("/notifications/read")
    assert answer.status_code == 403
    assert "Please send this form again" in words(answer)
    assert "This page is not for your account" not in words(answer)


def test_a_429_page_says_when_to_go_on_and_asks_nobody() -> None:
    browser = browser_of()
    for _ in range(limits.ANONYMOUS.scaled):
        browser.get("/sign-in")
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get('/sign-in?next=/"><script>alert(1)</script>')
    html = words(answer)
    assert (answer.status_code, len(queries)) == (429, 0)
    assert re.search(r"You can go on in \d+ seconds?, at <time datetime=[^>]+>\d\d:\d\d:\d\d</time>", html)
    assert answer.headers["Retry-After"]
    assert "<script>" not in html
    assert "Try again" in html
    assert "Try again" not in words(browser.post("/sign-in"))


def test_what_cannot_be_read_is_told_apart_from_what_cannot_be_done(retailer: Person) -> None:
    browser = browser_of(retailer)
    wrong_method, unknown_filter = browser.post("/notifications"), browser.get("/notifications?colour=green")
    assert (wrong_method.status_code, unknown_filter.status_code) == (405, 422)
    assert "This request cannot be read" in words(wrong_method)
    assert "Unknown parameter." in words(unknown_filter)
    assert "This cannot be done now" in words(unknown_filter)


def test_a_host_that_is_not_ours_is_refused_on_a_page() -> None:
    answer = browser_of().get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "This request cannot be read" in words(answer)
    assert "evil.example" not in words(answer)
