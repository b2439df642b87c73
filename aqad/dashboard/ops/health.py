"""Whether the parts that AQAD stands on answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

SECONDS_TO_CONNECT = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    ok: bool
    milliseconds: float
    problem: str = ""


def parts() -> list[Part]:
    """Each part with how long it took to answer; `problem` is a kind of error, never its text."""
    return [_asked(name, ask) for name, ask in ASKED.items()]


def _asked(name: str, ask: Callable[[], None]) -> Part:
    started = time.perf_counter()
    problem = ""
    try:
        ask()
    except Exception as error:  # whatever a part's client raises, it is away
        problem = type(error).__name__
    return Part(name, not problem, round((time.perf_counter() - started) * 1000, 1), problem)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    """Straight to the server: the breaker around our cache would answer for it."""
    if settings.REDIS_URL:
        _ping_redis(settings.REDIS_URL)


def _broker() -> None:
    if settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
        _ping_redis(settings.CELERY_BROKER_URL)
    elif settings.CELERY_BROKER_URL:
        from kombu import Connection

        with Connection(settings.CELERY_BROKER_URL, connect_timeout=SECONDS_TO_CONNECT) as broker:
            broker.ensure_connection(max_retries=1, timeout=SECONDS_TO_CONNECT)


def _storage() -> None:
    """A small file can be written, found and removed."""
    name = default_storage.save("health/probe", ContentFile(b"ok"))
    default_storage.delete(name)


def _ping_redis(url: str) -> None:
    import redis

    with redis.Redis.from_url(url, socket_connect_timeout=SECONDS_TO_CONNECT, socket_timeout=SECONDS_TO_CONNECT) as server:
        server.ping()


ASKED: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache, "broker": _broker, "storage": _storage}
