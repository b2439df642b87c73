"""The shared cache: does it answer, does it help, has it room."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from aqad.core.findings import Finding, fail, judge, ok
from aqad.dashboard.ops.checks.database import clock_finding

AREA = "cache"
SECONDS_TO_WAIT = 1.0
OLDEST = 7  # of the versions of Redis that know `SET ... NX GET`, with which a page is found or claimed
FEW = 1000  # reads below which a rate says nothing


def answers() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield ok(AREA, "answers", "the memory of each process (REDIS_URL is not set)")
        return
    import redis

    wait = {"socket_connect_timeout": SECONDS_TO_WAIT, "socket_timeout": SECONDS_TO_WAIT}
    with redis.Redis.from_url(settings.REDIS_URL, **wait) as server:
        yield _latency(server)
        info: Any = server.info()
        seconds, micros = server.time()
        yield clock_finding("cache", abs(seconds + micros / 1e6 - time.time()))
    yield version(str(info["redis_version"]))
    yield from _use(info)


def version(told: str) -> Finding:
    """Valkey tells the version of Redis that it speaks like."""
    if int(told.partition(".")[0]) >= OLDEST:
        return ok(AREA, "version", told)
    return fail(
        AREA, "version", told, f"Public lists ask it with words that it knows from {OLDEST} on; without them nothing is cached. Update it."
    )


def _latency(server: Any) -> Finding:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        server.ping()
        times.append((time.perf_counter() - started) * 1000)
    took = statistics.median(times)
    advice = "Redis is far away or busy: SLOWLOG GET 10 and --latency on it."
    return judge(AREA, "answers", took, f"{took:.1f} ms", advice, warn_at=20, fail_at=200)


def _use(info: dict[str, Any]) -> Iterator[Finding]:
    hits, reads = info["keyspace_hits"], info["keyspace_hits"] + info["keyspace_misses"]
    rate = hits / reads if reads else 1.0
    misses = 1 - rate if reads >= FEW else 0.0
    advice = "Most reads find nothing: pages are evicted (memory below), or their versions change too often."
    yield judge(AREA, "hit rate", misses, f"{rate:.0%} of {reads} reads", advice, warn_at=0.5, fail_at=float("inf"))
    used, most = info["used_memory"], info.get("maxmemory") or 0
    value = f"{used / 1e6:.0f} MB of {most / 1e6:.0f} MB" if most else f"{used / 1e6:.0f} MB, no limit set"
    advice = "Give it more memory, or set maxmemory-policy to allkeys-lru if it holds nothing but this cache."
    details = [f"{info.get('evicted_keys', 0)} keys evicted, policy {info.get('maxmemory_policy', 'unknown')}"]
    yield judge(AREA, "memory", used / most if most else 0.0, value, advice, warn_at=0.9, fail_at=0.99, details=details)
