"""What is logged and measured of each task: who caused it, how long it lay in its queue, how long it took, how it ended."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from celery import current_app, signals
from celery.states import RETRY, SUCCESS
from django.conf import settings
from django.core.cache import cache
from prometheus_client import start_http_server

from aqad.core import measuring, metrics, plans, releases, tracing
from aqad.core.measuring import Work

log = structlog.get_logger("aqad.task")
REQUEST_ID, SENT_AT, TRACE = "aqad_request_id", "aqad_sent_at", "traceparent"
NOTED_FOR = 7 * 24 * 3600
QUIET = frozenset({SUCCESS, RETRY, "REJECTED"})


@dataclass(slots=True)
class Running:
    work: Work
    until_done: ExitStack


_running: dict[str, Running] = {}


def connect() -> None:
    """Listen to Celery's signals, in whatever process publishes or runs a task."""
    signals.before_task_publish.connect(on_publish, weak=False, dispatch_uid="aqad.publish")
    signals.task_prerun.connect(on_start, weak=False, dispatch_uid="aqad.start")
    signals.task_postrun.connect(on_end, weak=False, dispatch_uid="aqad.end")
    signals.setup_logging.connect(leave_logging_alone, weak=False, dispatch_uid="aqad.logging")
    signals.worker_init.connect(begin_worker, weak=False, dispatch_uid="aqad.worker")


def leave_logging_alone(**_: Any) -> None:
    """Somebody who listens keeps Celery from setting a level of its own: LOG_LEVEL holds in workers as elsewhere."""


def begin_worker(**_: Any) -> None:
    """A worker has no door of its own: where METRICS_PORT is set, its first process answers Prometheus there, for all of them."""
    releases.note()
    if settings.METRICS_PORT:
        start_http_server(settings.METRICS_PORT, registry=metrics.Counted())


def on_publish(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """The message says which request caused it, and when it was sent."""
    if headers is not None:
        headers[SENT_AT] = time.time()
        if cause := structlog.contextvars.get_contextvars().get("request_id"):
            headers[REQUEST_ID] = cause
        if trace := tracing.current_trace():
            headers[TRACE] = trace


def on_start(task_id: str, task: Any, **_: Any) -> None:
    """One that runs within a request (there is no broker) keeps the request's id and leaves its words as they were."""
    until_done, request = ExitStack(), task.request
    known = {"task": task.name, "task_id": task_id}
    if cause := getattr(request, REQUEST_ID, None):
        known["request_id"] = str(cause)
    until_done.enter_context(structlog.contextvars.bound_contextvars(**known))
    until_done.enter_context(tracing.span(f"task {task.name}", parent=getattr(request, TRACE, None), is_entry=True))
    _running[task_id] = Running(until_done.enter_context(measuring.measured()), until_done)
    waited = _waited(request)
    if waited is not None:
        metrics.TASK_WAITED.labels(_queue_of(request)).observe(waited)
    log.info("task_started", waited_ms=None if waited is None else round(waited * 1000, 1))


def on_end(task_id: str, task: Any, state: str | None = None, retval: Any = None, **_: Any) -> None:
    running = _running.pop(task_id, None)
    if running is None:
        return
    work, ended = running.work, state or "UNKNOWN"
    metrics.TASKS.labels(task.name, ended).inc()
    metrics.TASK_SECONDS.labels(task.name).observe(work.milliseconds / 1000)
    write = log.info if ended in QUIET else log.error
    error = {} if ended in QUIET else {"error": type(retval).__name__}
    write("task_ended", state=ended, ms=work.milliseconds, queries=work.queries, query_ms=work.query_milliseconds, **error)
    if ended == SUCCESS and task.name in _scheduled():
        cache.set(last_run_key(task.name), time.time(), NOTED_FOR)
    running.until_done.close()
    metrics.watch_pools()
    if work.slowest:
        plans.look_up_soon(work.slowest)


def last_run_key(task: str) -> str:
    """Where the cache holds when this scheduled task last ended well."""
    return f"ran:{task}"


def _scheduled() -> frozenset[str]:
    return frozenset(entry["task"] for entry in current_app.conf.beat_schedule.values())


def _waited(request: Any) -> float | None:
    sent = getattr(request, SENT_AT, None)
    return max(0.0, time.time() - sent) if isinstance(sent, int | float) else None


def _queue_of(request: Any) -> str:
    return str((request.delivery_info or {}).get("routing_key") or "default")
