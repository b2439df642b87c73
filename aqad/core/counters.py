"""Counters of rate limits. Redis keeps them for all processes; here they are raised first, and told to Redis with others soon after.

A call that comes alone, or is anywhere near its limit, is told at once and judged by what Redis answers. Of a crowd that is far from it,
each would wait for Redis only to hear that it may go on: these are told together, within a twentieth of a second. Stormed all at once,
each further process may let half a limit through of which the others have not heard. While Redis is away each process counts by itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches

from aqad.core.cache import SafeRedisCache, guarded, kept_here
from aqad.core.gathering import Gathered
from aqad.core.limits import wide

SOON = 0.05  # seconds
NEAR = 2  # a limit is near when one part in so many of it is used up
LONGEST = 3600.0  # seconds that a counter lives which was forgotten while it was being raised
MOST_COUNTERS = 10_000


@dataclass(slots=True)
class Counter:
    """`ours` were raised here, of which Redis has heard of `sent`; `elsewhere` others had been by then. Ends on the monotonic clock."""

    ends: float
    ours: int = 0
    sent: int = 0
    elsewhere: int = 0


class LimitCounters(SafeRedisCache):
    """For django-ratelimit, which adds a counter before it raises it."""

    def add(self, key: str, value: int, timeout: float, **_: Any) -> bool:
        """Let there be a counter for `timeout` seconds. Never true: it is to be raised like one that others have raised before."""
        now = time.monotonic()
        with _lock:
            known = _counters.get(key)
            if known is None or known.ends <= now:
                if len(_counters) >= MOST_COUNTERS:
                    _make_room(now)
                _counters[key] = Counter(ends=now + timeout)
        return False

    def incr(self, key: str, delta: int = 1, **_: Any) -> int:
        """The place of this call among all, as far as Redis has told."""
        with _lock:
            counter = _counters.setdefault(key, Counter(ends=time.monotonic() + LONGEST))
            counter.ours += delta
            _untold.add(key)
            place = counter.ours
            is_near = (place + counter.elsewhere) * NEAR > wide.calls
        if is_near:
            self.tell()
        else:
            _soon.ask(settings.RATELIMIT_USE_CACHE)
        return place + counter.elsewhere

    def tell(self) -> None:
        """Raise in Redis what was raised here, and learn what others have raised. Redis that is away is told with a later call."""
        with _telling:  # one after the other: of what Redis answers it is known how much is ours
            with _lock:
                batch = {key: _counters[key] for key in _untold}
                numbers = {key: counter.ours - counter.sent for key, counter in batch.items()}
                _untold.clear()
            answers = guarded(lambda: self._raised(batch, numbers), None) if batch else None
            if answers is not None:
                with _lock:
                    for key, counter in batch.items():
                        counter.sent += numbers[key]
                        counter.elsewhere = max(counter.elsewhere, answers[key] - counter.sent)

    def _raised(self, counters: Mapping[str, Counter], numbers: Mapping[str, int]) -> dict[str, int]:
        redis, now = self.client.get_client(write=True), time.monotonic()
        names = {key: self.client.make_key(key) for key in counters}
        milliseconds = {key: max(1, int((counter.ends - now) * 1000)) for key, counter in counters.items()}
        new = {key for key, counter in counters.items() if not counter.sent}  # each is given its end before it is raised
        with redis.pipeline(transaction=False) as calls:
            for key in new:
                calls.set(names[key], 0, px=milliseconds[key], nx=True)
            for key, number in numbers.items():
                calls.incrby(names[key], number)
            answers = dict(zip(numbers, calls.execute()[len(new) :], strict=True))
        for key in numbers:
            if key not in new and answers[key] == numbers[key]:  # Redis had lost it
                redis.pexpire(names[key], milliseconds[key])
        return answers


def forget() -> None:
    """Begin anew, as a process does."""
    global _lock, _telling
    _lock, _telling = threading.Lock(), threading.Lock()
    _counters.clear()
    _untold.clear()


def _make_room(now: float) -> None:
    """Leave out what has ended or was told. Where all the others are as many, as Redis is away, they are counted anew."""
    kept = {key: counter for key, counter in _counters.items() if counter.ends > now and counter.ours > counter.sent}
    _counters.clear()
    if len(kept) < MOST_COUNTERS:
        _counters.update(kept)
    _untold.intersection_update(_counters)


def _tell(alias: str) -> bool:
    counters: Any = caches[alias]
    counters.tell()
    return True


_lock, _telling = threading.Lock(), threading.Lock()
_counters: dict[str, Counter] = {}
_untold: set[str] = set()
_soon = Gathered(_tell, seconds=SOON)
os.register_at_fork(after_in_child=forget)
kept_here.append(forget)
