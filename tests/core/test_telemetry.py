"""Traces to an OpenTelemetry collector, errors to Sentry: where they are asked for, without anybody's data, and at no price elsewhere."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog

from aqad.core import tracing, watching_tasks
from aqad.core.tasks import forget_expired
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.servers import ROOT

pytestmark = [pytest.mark.embedded, pytest.mark.once]
SECRET = "canary.bird@shop.test"


class Collector(ThreadingHTTPServer):
    """Takes whatever is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[tuple[str, bytes]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def spans(self) -> list[Any]:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        tracing.flush()
        told = [ExportTraceServiceRequest.FromString(body) for path, body in self.taken if path == "/v1/traces"]
        return [span for one in told for resource in one.resource_spans for scope in resource.scope_spans for span in scope.spans]


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}" if "envelope" in self.path else b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def traced(collector: Collector, settings: Any) -> Iterator[Collector]:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.RELEASE_ID = f"http://{collector.place}/", "2026.4"
    yield collector
    tracing._provider().shutdown()
    tracing._provider.cache_clear()
    tracing._tracer.cache_clear()


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.mark.django_db
def test_a_request_is_a_span_with_its_statements_below_it_and_no_value_in_either(traced: Collector, vendor: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    address = f"/api/products/{product.reference}/stock/movements"
    vendor.api.get(address, headers={"X-Request-ID": "told-by-the-caller", "traceparent": parent})
    spans = traced.spans()
    [entry] = [span for span in spans if span.name == "GET api/products/<str:reference>/stock/movements"]
    below = [span for span in spans if span.parent_span_id == entry.span_id]
    assert entry.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert entry.parent_span_id.hex() == "b7ad6b7169203331"
    assert attributes(entry) == {
        "request_id": "told-by-the-caller",
        "http.request.method": "GET",
        "http.route": "api/products/<str:reference>/stock/movements",
        "http.response.status_code": 200,
    }
    assert len(below) >= 2
    assert {span.name for span in below} == {"SELECT"}
    assert all(attributes(span)["db.query.text"].startswith("SELECT") for span in below)
    assert product.reference.encode() not in b"".join(body for _path, body in traced.taken)
    assert b"2026.4" in traced.taken[0][1]


@pytest.mark.django_db
def test_a_task_goes_on_with_the_trace_of_what_caused_it(traced: Collector) -> None:
    structlog.contextvars.clear_contextvars()
    headers: dict[str, Any] = {}
    with tracing.span("the request"):
        watching_tasks.on_publish(headers=headers)
    forget_expired.push_request(id="one", **headers)
    try:
        watching_tasks.on_start("one", forget_expired)
        watching_tasks.on_end("one", forget_expired, "SUCCESS")
    finally:
        forget_expired.pop_request()
    cause, task = sorted(traced.spans(), key=lambda span: span.name != "the request")
    assert task.name == "task core.forget_expired"
    assert (task.trace_id, task.parent_span_id) == (cause.trace_id, cause.span_id)
    assert attributes(task) == {"task": "core.forget_expired", "task_id": "one"}


@pytest.mark.django_db
def test_a_collector_that_is_away_costs_no_request(traced: Collector, stranger: Any, settings: Any) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1"
    assert stranger.get("/api/categories").status_code == 200


FAILING = f"""
import sys, types
import django
django.setup()
from django.conf import settings
from django.test import Client
from django.urls import path
def fail(request, token):
    local = "{SECRET}"
    raise ValueError("cannot reach {SECRET} with Bearer abc.def")
urls = types.ModuleType("failing_urls")
urls.urlpatterns = [path("api/fail/<str:token>", fail)]
urls.handler500 = "aqad.core.pages.server_error"
sys.modules["failing_urls"] = urls
settings.ROOT_URLCONF = "failing_urls"
caller = Client(raise_request_exception=False, headers={{"Authorization": "Bearer {SECRET}"}})
answer = caller.post("/api/fail/{SECRET}?email={SECRET}", {{"email": "{SECRET}"}})
import structlog
structlog.get_logger("aqad.tests").error("mail_lost", email="{SECRET}", mail=7)
import sentry_sdk
sentry_sdk.flush(5)
print(answer.status_code)
"""


def test_an_error_reaches_sentry_without_anybodys_data(collector: Collector) -> None:
    done = _run(FAILING, SENTRY_DSN=f"http://key@{collector.place}/1", RELEASE_ID="2026.4")
    assert done.stdout.strip() == "500", done.stderr
    told = [body for path, body in collector.taken if path == "/api/1/envelope/"]
    assert SECRET.encode() not in b"".join(told)
    events = [json.loads(line) for body in told for line in body.splitlines() if b'"event_id"' in line and b'"level"' in line]
    raised = next(event for event in events if event.get("exception"))
    logged = next(event for event in events if event.get("logentry"))
    assert raised["exception"]["values"][-1]["value"] == "cannot reach *** with ***"
    assert (raised["release"], raised["transaction"]) == ("2026.4", "/api/fail/{token}")
    assert "request" not in raised
    assert (logged["logentry"]["message"], logged["extra"]["mail"], logged["extra"]["email"]) == ("mail_lost", 7, "***")


@pytest.mark.parametrize(
    ("name", "package", "value"),
    [("SENTRY_DSN", "sentry_sdk", "http://key@127.0.0.1:1/1"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry", "http://127.0.0.1:1")],
)
def test_it_does_not_start_with_a_setting_whose_packages_are_missing(name: str, package: str, value: str) -> None:
    done = _run(f"import sys; sys.modules[{package!r}] = None\nimport django; django.setup()", **{name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith(f"{name} needs packages that are not installed: pip install -r requirements/observability.txt, or unset it.")


def test_nothing_is_loaded_where_nothing_is_asked_for() -> None:
    code = "import sys, django; django.setup(); print([name for name in ('sentry_sdk', 'opentelemetry') if name in sys.modules])"
    assert _run(code).stdout.strip() == "[]"


def _run(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "aqad.settings", "ALLOWED_HOSTS": "testserver", "NO_PROXY": "*"}
    for name in ("SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        known.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**known, **env}, capture_output=True, text=True, timeout=120, check=False
    )
