"""What is counted, under labels of ours alone, over all processes, at a bounded price."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from aqad.core import clock, limits, metrics
from aqad.core.limits import Limit
from aqad.dashboard.ops import metrics as page
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.errors import InsufficientStock
from catalog.models import Stock
from orders.models import Order
from payments.gateways.base import Charge
from payments.gateways.base import Order as BankOrder
from payments.gateways.guard import GuardedGateway
from payments.gateways.sandbox import SandboxGateway
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.servers import ROOT, a_redis, a_worker, wait_until
from tests.stack.parts import dev

pytestmark = pytest.mark.django_db
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str | None = None) -> Samples:
    families = text_string_to_metric_families(text if text is not None else page.exposition().decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(name: str, found: Samples | None = None, **labels: str) -> float:
    return (found if found is not None else samples()).get((name, frozenset(labels.items())), 0.0)


@pytest.mark.embedded
def test_requests_are_counted_by_route_and_never_by_address(vendor: Person, stranger: APIClient) -> None:
    product = ProductFactory(vendor=vendor.of)
    route = {"method": "GET", "route": "api/products/<str:reference>"}
    before = samples()
    for reference in (product.reference, product.reference, "P9999999"):
        stranger.get(f"/api/products/{reference}")
    stranger.generic("BREW", "/no/such/place")
    after = samples()
    gained = {key: after[key] - before.get(key, 0) for key in after}
    assert value("aqad_requests_total", gained, **route, status="200") == 2
    assert value("aqad_requests_total", gained, **route, status="404") == 1
    assert value("aqad_request_seconds_count", gained, **route) == 3
    assert value("aqad_request_queries_count", gained, route=route["route"]) == 3
    assert value("aqad_requests_total", gained, method="OTHER", route="none", status="404") == 1
    assert product.reference not in page.exposition().decode()


@pytest.mark.embedded
def test_statements_are_counted_and_those_that_fail(db: None) -> None:
    samples()  # what the page itself asks is kept from here on
    before = samples()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(Exception, match="nowhere"), CaptureQueriesContext(connection):
        Order.objects.raw("SELECT * FROM nowhere")[0]
    after = samples()
    for name, more in (("aqad_query_seconds_count", 2), ("aqad_query_errors_total", 1)):
        assert value(name, after, database="default") - value(name, before, database="default") == more


@pytest.mark.embedded
def test_stored_pages_are_counted_by_where_they_were_found(stranger: APIClient) -> None:
    from aqad.core.stored import near

    before = samples()
    stranger.get("/api/categories")
    stranger.get("/api/categories")
    near.clear()
    stranger.get("/api/categories")
    after = samples()
    gained = {outcome: 0.0 for outcome in ("built", "near", "hit")}
    for key in after:
        labels = dict(key[1])
        if key[0] == "aqad_stored_pages_total" and labels["page"] == "categories":
            gained[labels["outcome"]] = after[key] - before.get(key, 0)
    assert gained == {"built": 1, "near": 1, "hit": 1}


@pytest.mark.embedded
def test_reservations_are_counted_with_those_that_came_short(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    Stock.objects.filter(product=product).update(on_hand=10, reserved=0)
    before = samples()
    stock.reserve([StockLine(product.pk, 10, 1, "ORD1001")], actor=retailer.actor)
    with pytest.raises(InsufficientStock):
        stock.reserve([StockLine(product.pk, 1, 2, "ORD1002")], actor=retailer.actor)
    after = samples()
    gained = [
        value("aqad_reservations_total", after, outcome=o) - value("aqad_reservations_total", before, outcome=o) for o in ("ok", "short")
    ]
    assert gained == [1, 1]


@pytest.mark.embedded
def test_refusals_of_a_limit_are_counted_under_its_name(db: None) -> None:
    limit, before = Limit("anonymous", 1), value("aqad_rate_limited_total", limit="anonymous")
    limits.hit(limit, "address:test")
    with pytest.raises(limits.RateLimited):
        limits.hit(limit, "address:test")
    assert value("aqad_rate_limited_total", limit="anonymous") - before == 1


@pytest.mark.embedded
def test_gateways_are_counted_by_call_and_by_what_they_said(db: None) -> None:
    gateway, before = GuardedGateway(SandboxGateway()), samples()
    for key, token in enumerate(("tok_visa", "tok_declined", "tok_timeout")):
        gateway.charge(BankOrder(key=f"key-{key}", amount=Decimal("48.00"), token=token, description="", return_url="https://aqad.test/"))
    gateway.breaker.trip()
    gateway.retrieve(Charge(key="key-1", reference="", asked_at=clock.now()))
    after = samples()
    for call, outcome in (("charge", "succeeded"), ("charge", "declined"), ("charge", "no_answer"), ("retrieve", "not_asked")):
        labels = {"gateway": "sandbox", "call": call, "outcome": outcome}
        assert value("aqad_gateway_answers_total", after, **labels) - value("aqad_gateway_answers_total", before, **labels) == 1, labels
    timed = {"gateway": "sandbox", "call": "charge"}
    assert value("aqad_gateway_seconds_count", after, **timed) - value("aqad_gateway_seconds_count", before, **timed) == 3


@pytest.mark.embedded
def test_every_state_of_the_trade_is_told_the_empty_ones_too(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    an_order(retailer.of, product)
    an_order(retailer.of, product, status="completed")
    found = samples()
    assert [value("aqad_orders", found, status=status) for status in ("pending", "completed", "ready")] == [1, 1, 0]
    assert ("aqad_orders", frozenset({("status", "ready")})) in found
    assert ("aqad_deliveries", frozenset({("status", "assigned")})) in found
    assert value("aqad_payments", found, status="paid") == 2
    assert ("aqad_outbox_oldest_seconds", frozenset({("consumer", "notifications")})) in found
    assert value("aqad_mails_failing", found) == 0


@pytest.mark.embedded
def test_asking_again_soon_costs_the_database_nothing(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    for _ in range(3):
        an_order(retailer.of, product)
    with CaptureQueriesContext(connection) as first:
        page.exposition()
    with CaptureQueriesContext(connection) as again:
        page.exposition()
    assert 0 < len(first) <= 10
    assert len(again) == 0
    tables = [query["sql"] for query in first if "orders_order" in query["sql"]]
    assert len(tables) == 2, "what is under way and what has ended, each in one statement"


@pytest.mark.embedded
def test_gauges_that_cannot_be_asked_are_left_out_and_the_rest_is_told(db: None) -> None:
    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if "orders_order" in sql:
            raise page.DatabaseError("away")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        answer = Client().get("/metrics", REMOTE_ADDR="10.0.0.7")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "aqad_orders{" not in text
    assert "aqad_payments{" in text
    assert 'aqad_gauges_missing_total{gauge="orders"}' in page.exposition().decode()


@pytest.mark.embedded
def test_several_processes_are_told_as_one_and_the_dead_hold_no_connection(tmp_path: Path) -> None:
    code = """
import django; django.setup()
from aqad.core import metrics
metrics.RESERVATIONS.labels("ok").inc(2)
metrics.POOL_USED.labels("default").set(3)
"""
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "made"), "DJANGO_SETTINGS_MODULE": "aqad.settings"}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True)
    told = "import django; django.setup()\nfrom prometheus_client import generate_latest\nfrom aqad.core import metrics\n"
    told += "print(generate_latest(metrics.Counted()).decode())"
    text = subprocess.run([sys.executable, "-c", told], env=env, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = samples(text)
    assert value("aqad_reservations_total", found, outcome="ok") == 4
    assert ("aqad_database_pool_used", frozenset({("database", "default")})) not in found


@pytest.mark.embedded
def test_an_empty_setting_means_no_shared_folder_and_not_the_current_one(tmp_path: Path) -> None:
    code = "import django; django.setup()\nfrom aqad.core import metrics\nmetrics.RESERVATIONS.labels('ok').inc()"
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": "", "DJANGO_SETTINGS_MODULE": "aqad.settings", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_the_pool_is_told(retailer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_pools", {})
    retailer.api.get("/api/notifications")
    metrics.watch_pools()
    found = samples()
    assert value("aqad_database_pool_size", found, database="default") >= 1
    assert 1 <= value("aqad_database_pool_used", found, database="default") <= value("aqad_database_pool_size", found, database="default")
    assert value("aqad_database_pool_waiting", found, database="default") == 0


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
def test_queues_are_told_with_their_depth_and_a_worker_answers_prometheus(settings: Any, tmp_path: Path) -> None:
    """A real worker on a broker of its own: what waits is seen, then what was done, with the request that caused it."""
    import structlog

    with a_redis() as redis:
        settings.CELERY_BROKER_URL = redis.url
        port = dev.free_port()
        with current_app.connection_for_write(redis.url) as broker, structlog.contextvars.bound_contextvars(request_id="told-by-a-caller"):
            for _ in range(3):
                current_app.send_task("core.forget_expired", connection=broker)
        found = samples()
        assert value("aqad_queue_waiting", found, queue="default") == 3
        assert value("aqad_queue_waiting", found, queue="payments") == 0
        with a_worker(redis.url, METRICS_PORT=str(port), PROMETHEUS_MULTIPROC_DIR=str(tmp_path)) as worker:

            def done() -> Samples | None:
                try:
                    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2).read().decode()
                except OSError:
                    return None
                told = samples(text)
                return told if value("aqad_tasks_total", told, task="core.forget_expired", state="SUCCESS") == 3 else None

            told = wait_until(done, "the worker's count")
            words = worker.stop()
    assert value("aqad_task_waited_seconds_count", told, queue="default") == 3
    assert value("aqad_task_seconds_count", told, task="core.forget_expired") == 3
    assert words.count('"event": "task_ended"') == 3
    assert words.count("told-by-a-caller") == 6


@pytest.mark.production
def test_a_broker_that_is_away_leaves_its_gauges_out(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    started = time.monotonic()
    text = page.exposition().decode()
    assert time.monotonic() - started < 5
    assert "aqad_queue_waiting{" not in text
    assert "aqad_outbox_waiting{" in text
