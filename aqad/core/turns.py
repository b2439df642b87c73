"""Turns: a web process works on a few requests at a time, in the order in which they came.

Its threads share one interpreter. Eight that compute at once are stopped in the middle again and again, push each other out of the
processor's caches, and all end late; in turn, each ends as soon as it can. Threads are many all the same, for requests that wait for
somebody else: while they call a bank, a storage or a scanner, others have their turn.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from aqad.core import metrics

PATIENCE = 0.2  # seconds without an end of any request, after which those at work are taken to be waiting themselves
Application = Callable[..., Iterable[bytes]]


class Turns:
    """`at_once` turns, handed on in the order of asking. When all who have one are stuck, every `patience` seconds one more goes ahead."""

    def __init__(self, at_once: int, *, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._free = at_once  # below zero: so many went ahead without one
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._moved = time.monotonic()
        self._mine = threading.local()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others go ahead within the block, which waits for another system. Nothing happens to who has no turn."""
        if not getattr(self._mine, "has_one", False):
            yield
            return
        self.give_back()
        try:
            yield
        finally:
            self.take()

    def take(self) -> None:
        """Wait for a turn. Whoever takes one gives it back."""
        with self._lock:
            place = self._stand_in_line() if self._free <= 0 else None
            if place is None:
                self._free -= 1
        if place is not None:
            with metrics.TURN_SECONDS.time():
                while not place.acquire(timeout=self.patience):
                    if self._goes_ahead(place):
                        break
        self._mine.has_one = True

    def give_back(self) -> None:
        """End the own turn; the first who waits has the next."""
        self._mine.has_one = False
        with self._lock:
            self._moved = time.monotonic()
            if self._free == 0 and self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _stand_in_line(self) -> threading.Lock:
        place = threading.Lock()
        place.acquire()
        self._waiting.append(place)
        return place

    def _goes_ahead(self, place: threading.Lock) -> bool:
        """Whether who waits here need not wait any longer: it was just called, or it is the next and nobody has moved."""
        with self._lock:
            if place not in self._waiting:
                return True
            now = time.monotonic()
            if self._waiting[0] is not place or now - self._moved < self.patience:
                return False
            self._waiting.popleft()
            self._free, self._moved = self._free - 1, now
            return True


turns = Turns(settings.WEB_REQUESTS_AT_ONCE)


def in_turn(application: Application, among: Turns = turns) -> Application:
    """The WSGI application, entered in turn. What it streams afterwards is sent outside of any."""

    def entered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        among.take()
        try:
            return application(environ, start_response)
        finally:
            among.give_back()

    return entered
