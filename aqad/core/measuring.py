"""How much a piece of work (a request, a task) asked of the database: how often, for how long, and what took longest.

Each connection is watched from the moment it is opened; whoever wants to know opens a `Work` around the piece.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

log = structlog.get_logger("aqad.database")
LONGEST_STATEMENT = 2000
STRINGS = re.compile(r"'(?:[^']|'')*'")
NUMBERS = re.compile(r"(?<![\w.$])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", re.IGNORECASE)
PLACES = re.compile(r"(?:%s|\?)(?:,\s*(?:%s|\?))+")


@dataclass(frozen=True, slots=True)
class Slow:
    """A statement that took `seconds`. Its values are kept for its plan alone and are never shown."""

    alias: str
    sql: str
    params: Any = field(repr=False)
    seconds: float


@dataclass(slots=True)
class Work:
    queries: int = 0
    seconds: float = 0.0
    slowest: Slow | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def milliseconds(self) -> float:
        """Since it began."""
        return round((time.perf_counter() - self.started) * 1000, 1)

    @property
    def query_milliseconds(self) -> float:
        return round(self.seconds * 1000, 1)


Listener = Callable[[str, str, float, bool], None]
_current: ContextVar[Work | None] = ContextVar("aqad_work", default=None)
_listeners: list[Listener] = []


@contextmanager
def measured() -> Iterator[Work]:
    """What the block asks of the database is added up in the yielded `Work`; an inner block counts for itself alone."""
    work = Work()
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def on_statement(listener: Listener) -> None:
    """Let `listener(alias, statement, seconds, failed)` hear of each statement."""
    _listeners.append(listener)


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """For the signal `connection_created`. First in the list, since `execute_wrapper` takes the last one off again."""
    if observe not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, observe)


def observe(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's wrapper around each statement."""
    started, failed = time.perf_counter(), True
    try:
        result = execute(sql, params, many, context)
        failed = False
        return result
    finally:
        _note(context["connection"].alias, str(sql), None if many else params, time.perf_counter() - started, failed)


def without_values(sql: str) -> str:
    """The statement on one line, each value in it replaced by a question mark, and not longer than a screenful."""
    plain = PLACES.sub("%s, ...", NUMBERS.sub("?", STRINGS.sub("?", " ".join(sql.split()))))
    return plain if len(plain) <= LONGEST_STATEMENT else f"{plain[:LONGEST_STATEMENT]}..."


def _note(alias: str, sql: str, params: Any, seconds: float, failed: bool) -> None:
    work = _current.get()
    if work is not None:
        work.queries += 1
        work.seconds += seconds
    for listener in _listeners:
        listener(alias, sql, seconds, failed)
    if seconds * 1000 >= settings.SLOW_QUERY_MS > 0:
        log.warning("slow_query", database=alias, ms=round(seconds * 1000, 1), failed=failed, statement=without_values(sql))
        if work is not None and not failed and (work.slowest is None or seconds > work.slowest.seconds):
            work.slowest = Slow(alias, sql, params, seconds)
