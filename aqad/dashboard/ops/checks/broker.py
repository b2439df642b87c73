"""Queues, workers, and beat, who wakes them."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache

from aqad.core.findings import Finding, ago, fail, judge, ok, warn
from aqad.core.watching_tasks import last_run_key
from aqad.dashboard.ops import broker

AREA = "broker"
START_A_WORKER = "Start a worker: celery -A aqad worker -Q {queues}"
OFTEN = 300  # seconds; what runs less often says little about beat


def queues() -> Iterator[Finding]:
    """How much waits, and since when."""
    if not broker.is_there():
        yield ok(AREA, "queues", "none: tasks run in the process that publishes them (CELERY_BROKER_URL is not set)")
        return
    depths, ages = broker.depths(), broker.oldest_seconds()
    lines = [f"{name}: {number}" + (f", since {ago(ages[name])}" if name in ages else "") for name, number in depths.items()]
    waiting, oldest = sum(depths.values()), max(ages.values(), default=0.0)
    value = f"{waiting} tasks wait" + (f", the oldest for {ago(oldest)}" if ages else "")
    advice = "See whether workers answer below; if they do, start more of them."
    severity = max(waiting / 1000, oldest / 600)
    yield judge(AREA, "queues", severity, value, advice, warn_at=0.1, fail_at=1, details=lines)


def workers() -> Iterator[Finding]:
    """Who answers, and whether each queue has somebody who listens."""
    if not broker.is_there():
        return
    found = broker.workers()
    unheard = sorted(set(broker.names()) - {queue for heard in found.values() for queue in heard})
    lines = [f"{worker}: {', '.join(heard)}" for worker, heard in found.items()]
    if unheard:
        value = f"{len(found)} answer; nobody listens to {', '.join(unheard)}"
        yield fail(AREA, "workers", value, START_A_WORKER.format(queues=",".join(unheard)), lines)
    else:
        yield ok(AREA, "workers", f"{len(found)} answer", lines)


def often() -> dict[str, float]:
    """Tasks with their pace in seconds; nightly ones, which come due by the clock, are left out."""
    paces = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    return {task: float(pace) for task, pace in paces.items() if isinstance(pace, int | float) and pace <= OFTEN}


def beat() -> Iterator[Finding]:
    """What runs often must have run lately; told by the tasks themselves, through the cache that all processes share."""
    if not settings.REDIS_URL:
        return
    paces = often()
    noted = cache.get_many([last_run_key(task) for task in paces])
    ages = {task: time.time() - noted[last_run_key(task)] for task in paces if last_run_key(task) in noted}
    late = [f"{task}: {ago(age)} ago, due every {ago(paces[task])}" for task, age in ages.items() if age > 3 * paces[task] + 30]
    unknown = [f"{task}: not since the cache was emptied" for task in paces if task not in ages]
    advice = "See whether beat and the workers run: celery -A aqad beat (exactly one), or manage.py run_periodic --every without a broker."
    if not ages:
        yield warn("beat", "periodic tasks", "none has run since the cache was emptied", advice)
    elif late:
        yield fail("beat", "periodic tasks", f"{len(late)} of {len(paces)} are late", advice, late + unknown)
    else:
        yield ok("beat", "periodic tasks", f"the last one ran {ago(min(ages.values()))} ago", unknown)
