"""What Prometheus reads. Counters and histograms are kept in each process (or in PROMETHEUS_MULTIPROC_DIR, over all of them); gauges
that are the same whichever process is asked come from collectors, which apps register here when they start.

Every label has few values: routes, states, names of ours; never an id, an address or what a client sent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connections
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, multiprocess
from prometheus_client.core import REGISTRY, Metric

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody reads
TRADE = CollectorRegistry(auto_describe=False)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE, HOME = "none", "/"
FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
SECONDS_KEPT = 10  # how old a gauge that was asked of the database may be
LONG_KEPT = 600  # the same, where a whole table is counted

REQUESTS = Counter("aqad_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("aqad_request_seconds", "Time to answer", ["method", "route"], buckets=FAST)
REQUEST_QUERIES = Histogram("aqad_request_queries", "Statements per request", ["route"], buckets=(0, 1, 2, 5, 10, 20, 50, 100, 200))
QUERY_SECONDS = Histogram("aqad_query_seconds", "Time of a statement", ["database"], buckets=FAST)
QUERY_ERRORS = Counter("aqad_query_errors", "Statements that failed", ["database"])
STORED_PAGES = Counter("aqad_stored_pages", "Public pages by where they were found", ["page", "outcome"])
CACHE_AWAY = Counter("aqad_cache_away", "Calls to the cache that failed and opened its breaker")
REFUSED = Counter("aqad_rate_limited", "Calls refused by a rate limit", ["limit"])
SCANNED = Counter("aqad_files_scanned", "Uploads shown to the virus scanner", ["outcome"])
RESERVATIONS = Counter("aqad_reservations", "Orders' tries to reserve stock", ["outcome"])
GATEWAY_SECONDS = Histogram("aqad_gateway_seconds", "Time a payment gateway took to answer", ["gateway", "call"], buckets=SLOW)
GATEWAY_ANSWERS = Counter("aqad_gateway_answers", "What payment gateways said", ["gateway", "call", "outcome"])
TASKS = Counter("aqad_tasks", "Tasks that ended", ["task", "state"])
TASK_SECONDS = Histogram("aqad_task_seconds", "Time a task took", ["task"], buckets=SLOW)
TASK_WAITED = Histogram("aqad_task_waited_seconds", "Time a task lay in its queue", ["queue"], buckets=SLOW)
GAUGES_MISSING = Counter("aqad_gauges_missing", "Times that a gauge could not be asked of the database", ["gauge"])
TURN_SECONDS = Histogram("aqad_turn_seconds", "Time a request waited until its process had time for it", buckets=FAST)
POOL_USED = Gauge("aqad_database_pool_used", "Connections in use", ["database"], multiprocess_mode="livesum")
POOL_WAITING = Gauge("aqad_database_pool_waiting", "Requests that wait for a connection", ["database"], multiprocess_mode="livesum")
POOL_SIZE = Gauge("aqad_database_pool_size", "The most connections there may be", ["database"], multiprocess_mode="livesum")


def count_request(*, method: str, route: str, status: int, seconds: float, queries: int) -> None:
    known = method if method in METHODS else "OTHER"
    REQUESTS.labels(known, route, status).inc()
    REQUEST_SECONDS.labels(known, route).observe(seconds)
    REQUEST_QUERIES.labels(route).observe(queries)


def count_statement(alias: str, _sql: str, seconds: float, failed: bool) -> None:
    _query_seconds(alias).observe(seconds)
    if failed:
        QUERY_ERRORS.labels(alias).inc()


@lru_cache
def _query_seconds(alias: str) -> Histogram:
    """Looked up once, since this is asked for each statement."""
    return QUERY_SECONDS.labels(alias)


_pools: dict[str, tuple[float, tuple[int, int, int]]] = {}  # when each was told of, on the monotonic clock, and what


def watch_pools(**_: Any) -> None:
    """Note how full this process's pools are, when a request has given its connection back: once a second, and when all are free again."""
    now = time.monotonic()
    for connection in connections.all(initialized_only=True):
        pool: Any = getattr(connection, "pool", None) if connection.vendor == "postgresql" else None
        if pool is None:
            continue
        stats = pool.get_stats()
        state = most, used, waiting = stats["pool_max"], stats["pool_size"] - stats["pool_available"], stats["requests_waiting"]
        told_at, told = _pools.get(connection.alias, (float("-inf"), None))
        if state == told or (used + waiting > 0 and now - told_at < 1.0):
            continue
        _pools[connection.alias] = now, state
        POOL_SIZE.labels(connection.alias).set(most)
        POOL_USED.labels(connection.alias).set(used)
        POOL_WAITING.labels(connection.alias).set(waiting)


def kept(name: str, ask: Callable[[], Any], seconds: int = SECONDS_KEPT) -> Any:
    """What `ask` answered within the last `seconds`, so that scraping often costs the database nothing."""
    found = cache.get(f"metrics:{name}")
    if found is None:
        found = ask()
        cache.set(f"metrics:{name}", found, seconds)
    return found


class Counted(CollectorRegistry):
    """What was counted: in this process, or in all that share PROMETHEUS_MULTIPROC_DIR."""

    def collect(self) -> Iterable[Metric]:
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        if not folder:
            return REGISTRY.collect()
        _forget_the_dead(Path(folder))
        return multiprocess.MultiProcessCollector(None, folder).collect()  # type: ignore[no-untyped-call]


def _forget_the_dead(folder: Path) -> None:
    """A process that was killed holds no connection any more: its gauges go, its counts stay."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not _is_running(int(pid)):
            with suppress(FileNotFoundError):
                file.unlink()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
