"""What the database says of the trade itself: what is not told yet, what does not add up, what staff changed lately."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.core.findings import Finding, ago, fail, judge, ok
from aqad.core.invariants import chosen
from aqad.dashboard.ops.metrics import outbox_by_consumer
from catalog.models import ProductImport
from catalog.statuses import ImportState

SECONDS_FOR_INVARIANTS = 3.0
# Those that are a statement or two; the others are for `manage.py check_invariants`.
QUICK = ("S1 ", "S2 ", "S3 ", "S5 ended", "M2 ", "M4 ended", "N1 nobody", "N1 no mail")
RECENT = 2000  # events among which staff's own are looked for
SHOWN = 10
UNCHANGING = ("accounts.signed_in", "accounts.signed_out", "vendors.document_viewed")


def outbox() -> Iterator[Finding]:
    """Each consumer's share, with what it has failed at most often."""
    for consumer, (number, age) in outbox_by_consumer().items():
        stuck = Outbox.objects.filter(consumer=consumer, attempts__gt=2).select_related("event").order_by("-attempts")[:5]
        lines = [f"event {row.event_id} ({row.event.verb} {row.event.subject}) failed {row.attempts} times" for row in stuck]
        advice = "Search the logs for outbox_consumer_failed." if lines else "See whether a worker and beat run: they work it off."
        value = f"{number} wait" + (f", the oldest for {ago(age)}" if number else "")
        yield judge("outbox", consumer, age, value, advice, warn_at=120, fail_at=600, details=lines)


def invariants() -> Iterator[Finding]:
    """As many of the quick ones as there is time for."""
    deadline, holding, unasked = time.monotonic() + SECONDS_FOR_INVARIANTS, 0, []
    for name, check in chosen(QUICK):
        broken = _within(deadline, check)
        if broken is None:
            unasked.append(name)
        elif broken:
            advice = "Stop what writes there, keep the rows as they are, and read the runbook: they say what went wrong."
            yield fail("trade", name, f"broken {len(broken)} times", advice, broken[:5])
        else:
            holding += 1
    value = f"{holding} quick ones hold" + (f", {len(unasked)} took too long to ask" if unasked else "")
    yield ok("trade", "invariants", value, unasked, advice="manage.py check_invariants asks all of them.")


def imports() -> Iterator[Finding]:
    """A list that a vendor sent is worked on within minutes."""
    before = clock.now() - timedelta(minutes=15)
    late = ProductImport.objects.filter(state__in=[ImportState.QUEUED, ImportState.RUNNING], created_at__lt=before).order_by("pk")[:5]
    lines = [f"import {one.pk} of V{one.vendor_id}: {one.state}, {one.rows} rows" for one in late]
    advice = "See the worker of the queue imports; task catalog.import_waiting goes on with it once a minute."
    yield judge("trade", "imports", len(lines), f"{len(lines)} older than 15 min", advice, warn_at=1, fail_at=5, details=lines)


def changes() -> Iterator[Finding]:
    """What staff did lately, as the record has it."""
    newest = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    events = Event.objects.filter(pk__gt=newest - RECENT, actor_role="staff").exclude(verb__in=UNCHANGING).order_by("-pk")[:SHOWN]
    lines = [f"{timezone.localtime(event.at):%Y-%m-%d %H:%M} {event.text}" for event in events]
    yield ok("changes", "by staff, newest first", f"{len(lines)} shown" if lines else "none lately", lines)


def _within(deadline: float, check: Any) -> list[str] | None:
    """What the check says; None when its time is over first. Looked at before each statement, and by the database in each."""
    left = deadline - time.monotonic()
    if left <= 0:
        return None

    def in_time(execute: Any, *words: Any) -> Any:
        if time.monotonic() > deadline:
            raise DatabaseError("out of time")
        return execute(*words)

    try:
        with transaction.atomic(), connection.execute_wrapper(in_time):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(left * 1000))}")
            return list(check())
    except DatabaseError:
        return None
