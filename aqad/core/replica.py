"""Reads that may come from the replica: those that nothing is decided by and nothing is stored from.

`read(request, build)` runs `build` on the replica when that is safe, and on the writer when it is not or when the replica fails in
the middle: no request fails with it. Whoever has just written reads from the writer (`remember_writer`), and so does everybody
while the replica is further behind than `MOST_BEHIND`.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg import Error as PsycopgError

from aqad.core.breaker import Breaker

log = structlog.get_logger(__name__)
T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., Any])
WRITER, REPLICA = "default", "replica"
MOST_BEHIND = 2.0  # seconds; with the one between two looks a reader is at most three behind, pages promise five
LOOK_EVERY = 1.0
PATIENCE = 3.0  # seconds that a request waits for the replica before it asks the writer
WRITER_READS_OWN = 4  # seconds after a write; longer than a read from the replica can be behind
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

breaker = Breaker(seconds=3.0)
_here: ContextVar[bool] = ContextVar("aqad.replica", default=False)


class Lag:
    """How far the replica is behind, by its place in the log compared with places where the writer was seen before.

    What the replica says of itself is not believed: cut off from the writer, it takes itself for up to date.
    """

    def __init__(self) -> None:
        self._writer: deque[tuple[float, int]] = deque(maxlen=30)  # when the writer was seen, and where, not yet reached
        self._reached = float("-inf")
        self._looked = float("-inf")
        self._looking = threading.Lock()

    @property
    def is_small(self) -> bool:
        """Whether the replica may be asked; one thread looks once a second, the others ask the writer meanwhile."""
        if time.monotonic() - self._looked >= LOOK_EVERY:
            if not self._looking.acquire(blocking=False):
                return False
            try:
                self._look()
            finally:
                self._looking.release()
        return self.seconds <= MOST_BEHIND

    @property
    def seconds(self) -> float:
        """The age of the newest place of the writer that the replica had reached when it was looked at last."""
        return self._looked - self._reached if self._reached > float("-inf") else float("inf")

    def _look(self) -> None:
        now = time.monotonic()
        self._writer.append((now, _place(WRITER, "pg_current_wal_lsn()")))
        with _patiently():
            replayed = _place(REPLICA, "pg_last_wal_replay_lsn()")
        while self._writer and self._writer[0][1] <= replayed:
            self._reached = self._writer.popleft()[0]
        self._looked = now


lag = Lag()


class Lines(threading.local):
    """Each thread's connection to the replica. After a failure all are given up, since the others lead to the same dead server."""

    failures = 0  # of all threads, as far as this one has heard

    def renew(self) -> None:
        if self.failures != _failures:
            self.failures = _failures
            connections[REPLICA].close()


_failures = 0
lines = Lines()


class CatalogueRouter:
    """Within `read`, rows of the catalogue come from the replica. Everything is written on the writer."""

    def db_for_read(self, model: type[Any], **_: Any) -> str:
        return REPLICA if _here.get() and model._meta.app_label == "catalog" else WRITER

    def db_for_write(self, model: type[Any], **_: Any) -> str:
        return WRITER

    def allow_relation(self, one: Any, other: Any, **_: Any) -> bool:
        return True  # the same rows in both

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool | None:
        return False if db == REPLICA else None


class ReadYourWritesMiddleware:
    """Remembers who has written, so that they read it: the same for pages and the API, by person, whatever they sign in with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not is_there():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in SAFE:
            remember_writer(request)
        return response


def is_there() -> bool:
    return REPLICA in settings.DATABASES


def read(request: HttpRequest, build: Callable[[], T]) -> T:
    """What `build` reads, from the replica if `request` may. `build` runs again on the writer when the replica fails."""
    if not _may_read(request):
        return build()
    try:
        with _reading(), _patiently():
            return build()
    except (DatabaseError, InterfaceError) as error:
        _away(error)
        return build()


def from_replica(view: V) -> V:
    """For a method of a door that only reads the catalogue."""

    @wraps(view)
    def door(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return read(request._request, lambda: view(self, request, *args, **kwargs))

    return cast(V, door)


@contextmanager
def on_writer() -> Any:
    """What is read in this block comes from the writer, since it will be stored or decided by."""
    token = _here.set(False)
    try:
        yield
    finally:
        _here.reset(token)


def remember_writer(request: HttpRequest) -> None:
    if (person := _person(request)) is not None:
        cache.set(_mark(person), 1, WRITER_READS_OWN)


def _may_read(request: HttpRequest) -> bool:
    if not is_there() or breaker.is_open or connections[WRITER].in_atomic_block:
        return False
    person = _person(request)
    if person is not None and cache.get(_mark(person)):
        return False
    lines.renew()
    try:
        return lag.is_small
    except (DatabaseError, InterfaceError) as error:
        _away(error)
        return False


@contextmanager
def _reading() -> Any:
    token = _here.set(True)
    try:
        yield
    finally:
        _here.reset(token)


@contextmanager
def _patiently() -> Any:
    """Hang up on a replica that says nothing, so that the query fails: a server that is frozen would be waited for for ever."""
    timer = threading.Timer(PATIENCE, _hang_up, [connections[REPLICA]])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(line: BaseDatabaseWrapper) -> None:
    try:
        with socket.socket(fileno=os.dup(line.connection.pgconn.socket)) as connected:
            connected.shutdown(socket.SHUT_RDWR)
    except (AttributeError, OSError, PsycopgError):  # it has ended meanwhile, or is still being connected, which has a limit of its own
        return


def _away(error: Exception) -> None:
    global _failures
    _failures += 1
    breaker.trip()
    lines.renew()
    log.warning("replica_away", error=type(error).__name__)


def _place(alias: str, where: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT ({where} - '0/0')::bigint")
        return int(cursor.fetchone()[0] or 0)


def _person(request: HttpRequest) -> int | None:
    """Whoever a session or a token was found to be; DRF tells Django's request."""
    user = getattr(request, "user", None)
    return int(user.pk) if user is not None and user.pk is not None else None


def _mark(person: int) -> str:
    return f"wrote:{person}"
