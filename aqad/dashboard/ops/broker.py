"""What the workers' broker says: how much waits in each queue, since when, and which workers answer."""

from __future__ import annotations

import json
import time
from contextlib import closing
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError

from aqad.core.watching_tasks import SENT_AT

SECONDS_TO_WAIT = 1.0


def is_there() -> bool:
    """Whether this deployment has a broker at all; without one, tasks run in the process that publishes them."""
    return bool(settings.CELERY_BROKER_URL)


def names() -> list[str]:
    """Every queue that a task may go to."""
    return sorted({settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())})


def depths() -> dict[str, int]:
    """How many tasks wait in each queue. Raises whatever the broker's client does when it is away."""
    with closing(_connection()) as connection:
        connection.ensure_connection(max_retries=1, timeout=SECONDS_TO_WAIT)
        return {name: _depth(connection, name) for name in names()}


def depths_or_nothing() -> dict[str, int]:
    try:
        return depths() if is_there() else {}
    except (OperationalError, OSError):
        return {}


def oldest_seconds() -> dict[str, float]:
    """Since when each queue's next task waits; only Redis lets one look at a message without taking it."""
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
        return {}
    import redis

    found: dict[str, float] = {}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=SECONDS_TO_WAIT, socket_timeout=SECONDS_TO_WAIT) as server:
        for name in names():
            message: Any = server.lindex(name, -1)
            sent = json.loads(message).get("headers", {}).get(SENT_AT) if message else None
            if sent is not None:
                found[name] = max(0.0, time.time() - float(sent))
    return found


def workers() -> dict[str, list[str]]:
    """The workers that answer within a second, each with the queues it listens to."""
    with closing(_connection()) as connection:
        connection.ensure_connection(max_retries=1, timeout=SECONDS_TO_WAIT)
        mailbox = current_app.control.mailbox(connection)
        mailbox.producer_pool = None  # the question goes by our connection too: those of the pool wait for a broker without end
        answers = mailbox.multi_call("active_queues", timeout=SECONDS_TO_WAIT) or []
    return {worker: sorted(queue["name"] for queue in queues) for answer in answers for worker, queues in answer.items()}


def _connection() -> Connection:
    """With time-outs of its own: whoever looks may wait a moment, but not for long."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": SECONDS_TO_WAIT, "socket_connect_timeout": SECONDS_TO_WAIT}
    return Connection(settings.CELERY_BROKER_URL, connect_timeout=SECONDS_TO_WAIT, transport_options=options)


def _depth(connection: Connection, queue: str) -> int:
    """A queue that nobody has declared yet holds nothing."""
    try:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)
    except connection.channel_errors:
        return 0
