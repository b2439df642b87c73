"""A cache that may die. Redis refused or silent costs milliseconds per request, never an answer (TRUST.md 3)."""

from __future__ import annotations

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
kept_here: list[Callable[[], None]] = []
"""What this process keeps of the cache is forgotten by these when the cache is emptied."""


class SafeRedisCache(RedisCache):
    """django-redis behind a breaker: a read is a miss and a write does nothing while Redis is away."""

    def clear(self, *args: Any, **kwargs: Any) -> Any:
        for forget in kept_here:
            forget()
        return super().clear(*args, **kwargs)

    def get(self, key: Any, default: Any = None, version: Any = None, client: Any = None) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).get(key, default, version, client), default)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).get_many(*args, **kwargs), {})

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).set(*args, **kwargs), False)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).set_many(*args, **kwargs), [])

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).add(*args, **kwargs), True)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).delete(*args, **kwargs), False)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).delete_many(*args, **kwargs), 0)

    def claim(self, key: str, mark: int, seconds: int) -> Any:
        """What is there under `key`. None where there was nothing: then `mark` is there for so long, and nobody else hears None.

        One call of Redis, from version 7 on.
        """

        def ask() -> Any:
            redis, name = self.client.get_client(write=True), self.client.make_key(key)
            found = redis.set(name, self.client.encode(mark), ex=seconds, nx=True, get=True)
            return None if found is None else self.client.decode(found)

        return guarded(ask, None)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).incr(*args, **kwargs), 1)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        """Asked by the sessions when somebody signs in; they look into the database then."""
        return guarded(lambda: super(SafeRedisCache, self).has_key(*args, **kwargs), False)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return guarded(lambda: super(SafeRedisCache, self).touch(*args, **kwargs), False)


def guarded(call: Callable[[], T], otherwise: T) -> T:
    """What `call` gives, or `otherwise` while Redis is away."""
    if breaker.is_open:
        return otherwise
    try:
        return call()
    except (RedisError, OSError) as error:
        breaker.trip()
        metrics.CACHE_AWAY.inc()
        log.warning("cache_away", error=type(error).__name__)
        return otherwise
