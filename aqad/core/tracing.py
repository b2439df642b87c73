"""OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector: a span per request, task and statement.

Made by hand rather than by the ready-made instrumentations: those put whole addresses and statements into a span, and ours may hold
neither a signed link nor anybody's data. Nothing is imported and nothing happens where the setting is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings

from aqad.core.measuring import without_values

SERVICE = "aqad"


def is_on() -> bool:
    return bool(settings.OTEL_EXPORTER_OTLP_ENDPOINT)


@contextmanager
def span(name: str, *, parent: str | None = None, is_entry: bool = False) -> Iterator[Any]:
    """A span around the block, below the one that is open or below `parent` (a W3C traceparent); yields it, or None when off."""
    if not is_on():
        yield None
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    kind = SpanKind.SERVER if is_entry else SpanKind.INTERNAL
    with _tracer().start_as_current_span(name, context=context, kind=kind) as opened:
        bound = structlog.contextvars.get_contextvars()
        opened.set_attributes({key: str(value) for key, value in bound.items() if key in {"request_id", "task", "task_id"}})
        yield opened


def current_trace() -> str | None:
    """The traceparent of the open span, for whoever goes on with the work."""
    if not is_on():
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def note_answer(opened: Any, *, method: str, route: str, status: int) -> None:
    """Name a request's span by its route; one that failed on our side is marked."""
    if opened is None:
        return
    from opentelemetry.trace import StatusCode

    opened.update_name(f"{method} {route}")
    opened.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        opened.set_status(StatusCode.ERROR)


def note_statement(alias: str, sql: str, seconds: float, failed: bool) -> None:
    """A span for a statement that has just ended, below the open one; statements outside any are left out."""
    if not is_on():
        return
    import time

    from opentelemetry import trace

    if not trace.get_current_span().get_span_context().is_valid:
        return
    ended = time.time_ns()
    made = _tracer().start_span(
        sql.split(None, 1)[0].upper() if sql.strip() else "SQL",
        kind=trace.SpanKind.CLIENT,
        start_time=ended - int(seconds * 1e9),
        attributes={"db.namespace": alias, "db.query.text": without_values(sql)},
    )
    if failed:
        made.set_status(trace.StatusCode.ERROR)
    made.end(end_time=ended)


def flush(milliseconds: int = 5000) -> None:
    """Send what is still held, before a process ends."""
    if is_on():
        _provider().force_flush(milliseconds)


@lru_cache(maxsize=1)
def _provider() -> Any:
    """Made with the first span of a process. Sends in batches from a thread of its own; a collector that is away costs requests nothing."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    known = {"service.name": SERVICE, "service.version": settings.RELEASE_ID or "unknown"}
    provider = TracerProvider(resource=Resource.create(known))
    endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip("/")
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=5)))
    return provider


@lru_cache(maxsize=1)
def _tracer() -> Any:
    return _provider().get_tracer(SERVICE)
