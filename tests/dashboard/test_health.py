"""Alive, ready part by part, and measured from the inside only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from aqad.core import draining
from aqad.dashboard.ops import health
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NOBODY = "redis://127.0.0.1:1/0"


def ready() -> Any:
    return Client().get("/readyz")


def test_is_alive_without_asking_anybody(django_assert_num_queries: Any, settings: Any) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = NOBODY
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_is_ready_when_every_part_answers() -> None:
    answer = ready()
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["status"] == "ok"
    assert set(body["parts"]) == {"database", "cache", "broker", "storage"}
    assert all(part["ok"] for part in body["parts"].values())


@pytest.mark.parametrize(("setting", "part"), [("REDIS_URL", "cache"), ("CELERY_BROKER_URL", "broker")])
def test_names_the_server_that_is_away(settings: Any, setting: str, part: str) -> None:
    setattr(settings, setting, NOBODY)
    answer = ready()
    assert (answer.status_code, answer["Retry-After"], answer.json()["status"]) == (503, "2", "unavailable")
    assert {name for name, state in answer.json()["parts"].items() if not state["ok"]} == {part}
    assert b"127.0.0.1" not in answer.content


def test_a_server_that_was_asked_to_end_is_not_ready_though_alive(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    mark = tmp_path / "draining"
    monkeypatch.setenv(draining.MARK, str(mark))
    assert ready().status_code == 200
    mark.touch()
    answer = ready()
    assert (answer.status_code, answer["Retry-After"], answer.json()) == (503, "2", {"status": "draining"})
    assert Client().get("/healthz").status_code == 200


def test_names_the_storage_that_cannot_be_written(settings: Any, tmp_path: Any) -> None:
    blocked = tmp_path / "no-folder"
    blocked.write_text("a file stands where the folder should be")
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(blocked)}}}
    answer = ready()
    assert answer.status_code == 503
    assert {name for name, state in answer.json()["parts"].items() if not state["ok"]} == {"storage"}


def test_names_the_database_that_is_away() -> None:
    def refuse(*_: Any) -> None:
        raise ConnectionError("away")

    with connection.execute_wrapper(refuse):
        [database] = [part for part in health.parts() if part.name == "database"]
    assert (database.ok, database.problem) == (False, "ConnectionError")


def test_leaves_no_probe_behind(settings: Any) -> None:
    from django.core.files.storage import default_storage

    ready()
    assert default_storage.listdir("health")[1] == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_reading_is_answered(path: str) -> None:
    assert Client().post(path).status_code == 405


@pytest.mark.parametrize(
    ("address", "headers"),
    [("8.8.8.8", {}), ("2001:4860:4860::8888", {}), ("", {}), ("nonsense", {}), ("10.0.0.7", {"X-Forwarded-For": "8.8.8.8"})],
)
def test_metrics_are_not_there_for_the_outside(address: str, headers: dict[str, str]) -> None:
    answer = Client().get("/metrics", REMOTE_ADDR=address, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_metrics_speak_of_the_trade(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    an_order(retailer.of, product)
    an_order(retailer.of, product, status="completed")
    answer = Client().get("/metrics", REMOTE_ADDR="10.0.0.7")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    for line in (
        'aqad_orders{status="pending"} 1.0',
        'aqad_orders{status="completed"} 1.0',
        'aqad_payments{status="paid"} 2.0',
        'aqad_outbox_waiting{consumer="notifications"} 0.0',
        "aqad_mails_waiting 0.0",
    ):
        assert line in lines
