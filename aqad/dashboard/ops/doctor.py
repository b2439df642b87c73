"""One look at everything: what `manage.py doctor` prints and the back office's page shows.

What asks other servers runs in threads beside each other, while the database is asked here, one question after the other; each has its
time, and one that fails is a line of the list and not the end of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

from django.db import connections

from aqad.core.findings import Check, Finding, declared, fail
from aqad.dashboard.ops.checks import broker, cache, database, house, money, replica, storage, trade

SECONDS = 6.0  # for all servers together, since they are asked at once
# What to do where a part cannot even be asked.
FIRST_AID = {
    "database": "See that PostgreSQL is up and takes connections, and that DATABASE_URL names it.",
    "replica": "See that the replica is up, and that DATABASE_REPLICA_URL names it.",
    "cache": "See that Redis is up, and that REDIS_URL names it. Until then pages are slower, and each process counts limits by itself.",
    "broker": "See that the broker is up, and that CELERY_BROKER_URL names it. What is to be done waits in the database meanwhile.",
    "storage": "See that the disk has room and may be written, or that the bucket answers. Until then nothing can be uploaded.",
}
ELSEWHERE: Sequence[tuple[str, Check]] = (
    ("cache", cache.answers),
    ("broker", broker.queues),
    ("broker", broker.workers),
    ("storage", storage.private_files),
    ("storage", storage.public_files),
    ("storage", storage.virus_scanner),
    ("mail", storage.mail_server),
    ("gateway", money.gateway),
    ("replica", replica.lag),
)
HERE: Sequence[tuple[str, Check]] = (
    ("database", database.activity),
    ("database", database.indexes),
    ("database", database.tables),
    ("database", database.statements),
    ("database", database.migrations),
    ("outbox", trade.outbox),
    ("gateway", money.open_payments),
    ("trade", trade.invariants),
    ("trade", trade.imports),
    ("changes", trade.changes),
)
WITHOUT_ASKING: Sequence[tuple[str, Check]] = (
    ("settings", house.settings_in_force),
    ("keys", house.keys),
    ("host", house.host),
    ("release", house.release),
    ("errors", house.errors),
    ("beat", broker.beat),
)


def examine() -> list[Finding]:
    """Everything there is to say, in an order that does not change."""
    asked = [Aside(area, check) for area, check in ELSEWHERE]
    deadline = time.monotonic() + SECONDS
    found = list(_guarded("database", database.answers))
    if any(finding.level == "fail" for finding in found):
        found.append(fail("database", "everything in it", "not asked", "Bring the database back first."))
    else:
        found += [finding for area, check in (*HERE, *declared()) for finding in _guarded(area, check)]
    found += [finding for aside in asked for finding in aside.found(deadline)]
    return found + [finding for area, check in WITHOUT_ASKING for finding in _guarded(area, check)]


class Aside(threading.Thread):
    """A check in a thread of its own; one that does not answer in time is left behind, and that is what it found."""

    def __init__(self, area: str, check: Check) -> None:
        super().__init__(name=f"doctor {area}", daemon=True)
        self.area, self.check = area, check
        self._found: list[Finding] | None = None
        self.start()

    def run(self) -> None:
        try:
            self._found = list(_guarded(self.area, self.check))
        finally:
            connections.close_all()

    def found(self, deadline: float) -> list[Finding]:
        self.join(max(0.0, deadline - time.monotonic()))
        if self._found is None:
            return [
                fail(self.area, self.check.__name__, "no answer", f"It did not answer within {SECONDS:.0f} seconds: see whether it is up.")
            ]
        return self._found


def _guarded(area: str, check: Check) -> Iterator[Finding]:
    """What the check finds; one that raises has found that."""
    try:
        yield from check()
    except Exception as error:  # whatever a server's client raises
        advice = FIRST_AID.get(area, "This could not be asked: the error's name says why.")
        yield fail(area, check.__name__.replace("_", " "), type(error).__name__, advice)
