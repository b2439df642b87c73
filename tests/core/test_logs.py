"""One line for each request and each task, with who, what and how much; never a secret, never a person's data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from celery import shared_task, signals
from django.db import IntegrityError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from aqad.accounts.models import User
from aqad.core import watching_tasks
from aqad.core.logs import scrub
from tests.browsing import browser_of
from tests.cast import Person
from tests.core.written import Written, logged
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
PASSWORD, EMAIL, PHONE, NAME = "Canary-Carton-77", "canary.bird@shop.test", "+971501234567", "Canarina Bird"


@pytest.fixture
def written() -> Iterator[Written]:
    with logged() as log:
        yield log


@shared_task(name="tests.double")
def double(number: int) -> int:
    return User.objects.count() + 2 * number


@shared_task(name="tests.fail")
def fail() -> None:
    raise RuntimeError(f"cannot reach {EMAIL}")


def test_a_request_is_one_line_that_says_who_where_and_how_much(written: Written, vendor: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    answer = vendor.api.get(f"/api/products/{product.reference}/stock/movements", headers={"X-Request-ID": "told-by-the-caller"})
    assert answer.status_code == 200
    [line] = written.of("request")
    told = {key: line[key] for key in ("request_id", "user", "company", "method", "route", "status", "level")}
    assert told == {
        "request_id": "told-by-the-caller",
        "user": vendor.user.pk,
        "company": vendor.company.reference if vendor.company else "",
        "method": "GET",
        "route": "api/products/<str:reference>/stock/movements",
        "status": 200,
        "level": "info",
    }
    assert line["queries"] >= 2
    assert 0 < line["query_ms"] <= line["ms"]


def test_an_order_names_who_placed_it(written: Written, retailer: Person, vendor: Person) -> None:
    items = [{"product": ProductFactory(vendor=vendor.of).reference, "quantity": 1}]
    order = {"items": items, "address": AddressFactory(retailer=retailer.of).pk, "payment_method": "cash_on_delivery"}
    assert retailer.api.post("/api/orders", order, format="json").status_code == 201
    [line] = written.of("request")
    assert (line["user"], line["company"], line["status"]) == (retailer.user.pk, retailer.of.reference, 201)


def test_a_page_of_somebody_signed_in_names_them_too(written: Written, retailer: Person) -> None:
    assert browser_of(retailer).get("/orders").status_code == 200
    [line] = written.of("request")
    assert (line["user"], line["company"], line["route"]) == (retailer.user.pk, retailer.company.reference, "orders")  # type: ignore[union-attr]


def test_a_stranger_and_an_address_that_is_not_there_are_lines_as_well(written: Written) -> None:
    assert Client().get("/nothing/here?email=" + EMAIL).status_code == 404
    [line] = written.of("request")
    assert (line["route"], line["status"], line["queries"]) == ("none", 404, 0)
    assert "user" not in line


def test_what_one_request_knew_is_not_told_of_the_next(written: Written, vendor: Person, stranger: APIClient) -> None:
    vendor.api.get("/api/vendor/products")
    stranger.get("/api/categories")
    first, second = written.of("request")
    assert (first["user"], "user" in second) == (vendor.user.pk, False)
    assert first["request_id"] != second["request_id"]


def test_probes_are_not_told(written: Written) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        Client().get(path, REMOTE_ADDR="10.0.0.7")
    assert written.lines == []


def test_neither_secrets_nor_personal_data_reach_the_log(written: Written, stranger: APIClient) -> None:
    person = {"name": NAME, "email": EMAIL, "phone": PHONE, "password": PASSWORD, "company_name": "Canary Stores"}
    assert stranger.post("/api/retailer/register", person, format="json").status_code == 201
    assert stranger.post("/api/auth/login", {"email": EMAIL, "password": "Wrong-" + PASSWORD}, format="json").status_code == 401
    signed_in = stranger.post("/api/auth/login", {"email": EMAIL, "password": PASSWORD}, format="json").json()
    caller = APIClient(headers={"Authorization": f"Bearer {signed_in['access']}"})
    assert caller.get("/api/notifications").status_code == 200
    assert caller.get(f"/api/orders?email={EMAIL}&token={signed_in['refresh']}").status_code == 422
    assert stranger.post("/api/auth/refresh", {"refresh": signed_in["refresh"]}, format="json").status_code == 200
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        User.objects.create(email=EMAIL, name=NAME)
    structlog.get_logger("tests").error("failed", exc_info=refused.value, email=EMAIL, why=f"cannot mail {EMAIL} or call {PHONE}")
    structlog.get_logger("tests").info("called", url=f"https://key:{PASSWORD}@bank.test/", header=f"Bearer {signed_in['access']}")
    assert len(written.of("request")) == 6
    for secret in (PASSWORD, EMAIL, PHONE, NAME, signed_in["access"], signed_in["refresh"]):
        assert secret not in written.text


def test_what_hides_a_secret_leaves_the_rest_as_it_was() -> None:
    told = {"order": "ORD1001", "at": "2026-01-31T09:00:00+04:00", "ms": 12.5, "found": ["PAY1001", {"otp": "123456"}], "cookie": ""}
    assert scrub(told) == {**told, "found": ["PAY1001", {"otp": "***"}]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("DETAIL:  Key (name)=(Canarina Bird) already exists.", "DETAIL:  Key (name)=(***) already exists."),
        ("DETAIL:  Failing row contains (7, Canarina (Bird), 12).\nmore", "DETAIL:  Failing row contains (***).\nmore"),
        ("cannot read\nLINE 1: ... WHERE name = 'Canarina'\n      ^", "cannot read\nLINE 1: ***\n      ^"),
        ("redis://user:Canary-77@host:6379/0", "redis://***@host:6379/0"),
    ],
)
def test_what_a_database_tells_of_its_rows_is_hidden(words: str, told: str) -> None:
    assert scrub(words) == told


def test_the_address_of_a_failure_is_told_as_its_route(written: Written) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("out of order")

    browser = Client(raise_request_exception=False)
    with connection.execute_wrapper(refuse):
        assert browser.get("/vendors/V1001?key=somebodys-key").status_code == 500
    assert [line["event"] for line in written.lines if line["logger"] == "django.request"] == ["Internal Server Error"]
    assert [line["route"] for line in written.of("request")] == ["vendors/<str:reference>"]
    assert "V1001" not in written.text
    assert "somebodys-key" not in written.text


def test_a_task_within_a_request_keeps_its_id_and_leaves_its_words(written: Written) -> None:
    with structlog.contextvars.bound_contextvars(request_id="the-request"):
        assert double.apply(args=[21]).get() == 42
        assert structlog.contextvars.get_contextvars() == {"request_id": "the-request"}
    started, ended = written.of("task_started") + written.of("task_ended")
    assert (started["task"], started["request_id"], ended["request_id"]) == ("tests.double", "the-request", "the-request")
    assert started["task_id"] == ended["task_id"]
    assert (ended["state"], ended["queries"]) == ("SUCCESS", 1)
    assert ended["ms"] > 0


def test_a_message_to_a_worker_says_which_request_caused_it_and_when() -> None:
    headers: dict[str, Any] = {}
    with structlog.contextvars.bound_contextvars(request_id="the-request"):
        signals.before_task_publish.send(sender="tests.double", headers=headers)
    assert headers[watching_tasks.REQUEST_ID] == "the-request"
    assert headers[watching_tasks.SENT_AT] > 1_700_000_000


def test_a_task_that_fails_says_so_without_its_words(written: Written) -> None:
    assert fail.apply().failed()
    [ended] = written.of("task_ended")
    assert (ended["level"], ended["state"], ended["error"]) == ("error", "FAILURE", "RuntimeError")
    assert EMAIL not in written.text
