"""A cache that may die. Redis refused or silent costs milliseconds per request, never an answer (TRUST.md 3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

from aqad.core import metrics
from aqad.core.breaker import Breaker

log = structlog.get_logger(__name__)
T = TypeVar("T")


breaker = Breaker(seconds=2.0)
MOST_COUNTERS = 10_000
_known_counters: dict[str, float] = {}
"""Until when each lives, on the monotonic clock. Every change of it is one operation, as threads share it."""


class SafeRedisCache(RedisCache):
    """django-redis behind a breaker: a read is a miss and a write does nothing while Redis is away."""

    def get(self, key: Any, default: Any = None, version: Any = None, client: Any = None) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).get(key, default, version, client), default)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).get_many(*args, **kwargs), {})

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).set(*args, **kwargs), False)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).set_many(*args, **kwargs), [])

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).add(*args, **kwargs), True)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).delete(*args, **kwargs), False)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).delete_many(*args, **kwargs), 0)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).incr(*args, **kwargs), 1)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        """Asked by the sessions when somebody signs in; they look into the database then."""
        return _guarded(lambda: super(SafeRedisCache, self).has_key(*args, **kwargs), False)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: super(SafeRedisCache, self).touch(*args, **kwargs), False)


class LimitCounters(SafeRedisCache):
    """For django-ratelimit, which adds a counter before it raises it. One that this process knows of is only raised: one call, not two."""

    def add(self, key: str, value: int, timeout: float, **kwargs: Any) -> Any:
        """`timeout` in seconds."""
        if _known_counters.get(key, 0.0) > time.monotonic():
            return False
        if len(_known_counters) >= MOST_COUNTERS:
            _known_counters.clear()  # each is asked for once more
        _known_counters[key] = time.monotonic() + timeout
        return super().add(key, value, timeout, **kwargs)

    def incr(self, key: str, delta: int = 1, **kwargs: Any) -> Any:
        return _guarded(lambda: self._raised(key, delta), 1)

    def _raised(self, key: str, delta: int) -> int:
        """Redis's own INCRBY; django-redis would have a script look first whether there is such a counter."""
        redis, name = self.client.get_client(write=True), self.client.make_key(key)
        count = int(redis.incrby(name, delta))
        if count == delta:  # it was not there, the cache has lost it
            left = _known_counters.get(key, 0.0) - time.monotonic()
            redis.pexpire(name, max(1, int(left * 1000)))
        return count


def _guarded(call: Callable[[], T], otherwise: T) -> T:
    if breaker.is_open:
        return otherwise
    try:
        return call()
    except (RedisError, OSError) as error:
        breaker.trip()
        metrics.CACHE_AWAY.inc()
        log.warning("cache_away", error=type(error).__name__)
        return otherwise
