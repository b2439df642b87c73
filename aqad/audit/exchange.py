"""Every event for other systems: one message to a topic exchange of an AMQP broker, as docs/events.md promises it.

Published by a task of its own, outside any transaction, because a broker that is silent must hold nobody up but this task.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
import structlog
from amqp.exceptions import MessageNacked
from django.conf import settings
from django.db.models import F, Min, Q
from kombu import Connection, Exchange, Producer

from aqad.audit import consumers
from aqad.audit.leasing import BATCH, lease
from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.core.breaker import Breaker
from aqad.core.transactions import outside_transaction

log = structlog.get_logger(__name__)
CONSUMER, TASK, SERVICE = "exchange", "audit.publish_events", "aqad"
EXCHANGE = Exchange("aqad.events", type="topic", durable=True)
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER, SECONDS_FOR_A_BATCH = 1.0, 2.0, 20.0
SECONDS_AWAY = 10.0
LONGEST_PAUSE, PAUSE_OF_HELD = timedelta(minutes=5), timedelta(seconds=2)
breaker = Breaker(seconds=SECONDS_AWAY)


def register() -> None:
    """Let every event from now on be published."""
    consumers.register_task(CONSUMER, TASK)


def publish_waiting() -> int:
    """Publish a batch of waiting events, oldest first, each kept by the broker before the next. Returns how many were.

    An event waits for the earlier ones of its subject. A broker that is away is left alone for ten seconds.
    """
    return _publish_batch().published


def publish_everything() -> int:
    """The same for all that wait. Returns how many were published."""
    done = 0
    while (batch := _publish_batch()).leased:
        done += batch.published
    return done


def message_of(event: Event) -> dict[str, Any]:
    """What other systems read of an event: ids, codes and amounts, as it was recorded."""
    return {
        "id": event.pk,
        "eventType": event.verb,
        "timestamp": event.at.isoformat(),
        "serviceId": SERVICE,
        "requestId": event.request_id,
        "data": {
            "subject": event.subject,
            "about": event.about,
            "actor": event.actor,
            "actorRole": event.actor_role,
            "via": event.via,
            "facts": event.facts,
        },
    }


class _Batch(NamedTuple):
    leased: int
    published: int


def _publish_batch() -> _Batch:
    outside_transaction()
    if breaker.is_open or not settings.EVENTS_BROKER_URL:
        return _Batch(0, 0)
    rows = lease(Q(consumer=CONSUMER), BATCH)
    if not rows:
        return _Batch(0, 0)
    fates = _Fates()
    try:
        _publish_all(rows, fates)
    except Exception as error:  # kombu's, the AMQP client's and the socket's own
        breaker.trip()
        log.warning("events_broker_away", error=type(error).__name__, waiting=len(rows) - len(fates.published))
    finally:
        _note(rows, fates)
    return _Batch(len(rows), len(fates.published))


@dataclass(slots=True)
class _Fates:
    """What became of the rows of a batch, written down as it happens; the rest was not come to."""

    published: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    refused: list[Outbox] = field(default_factory=list)


def _publish_all(rows: Sequence[Outbox], fates: _Fates) -> None:
    give_up_at = time.monotonic() + SECONDS_FOR_A_BATCH
    waits_from = _earlier_elsewhere(rows)
    with _producer() as producer:
        for row in rows:
            subject = row.event.subject
            if time.monotonic() > give_up_at:
                return
            if row.event_id > waits_from.get(subject, row.event_id):
                fates.held.append(row.pk)
                continue
            try:
                _publish(producer, row.event)
            except MessageNacked:
                fates.refused.append(row)
                waits_from[subject] = row.event_id
            else:
                fates.published.append(row.pk)


def _earlier_elsewhere(rows: Sequence[Outbox]) -> dict[str, int]:
    """Subjects of which an earlier event is with another worker or was put off, and that event."""
    others = Outbox.objects.filter(consumer=CONSUMER, event_id__lt=rows[-1].event_id).exclude(pk__in=[row.pk for row in rows])
    waiting = others.filter(event__subject__in={row.event.subject for row in rows}).order_by()
    return dict(waiting.values_list("event__subject").annotate(Min("event_id")))


@contextmanager
def _producer() -> Iterator[Producer]:
    """A connection of its own: bounded in every wait, and never one that died since it was last used."""
    url, more = settings.EVENTS_BROKER_URL, {}
    if url.startswith("amqps:"):  # left to itself, the client takes any name on a trusted certificate
        more = {"ssl": {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": urlsplit(url).hostname}}
    bounds = {"max_retries": 0, "confirm_publish": True, "read_timeout": SECONDS_TO_ANSWER, "write_timeout": SECONDS_TO_ANSWER}
    connection = Connection(url, connect_timeout=SECONDS_TO_CONNECT, transport_options=bounds, **more)
    try:
        yield Producer(connection.default_channel, exchange=EXCHANGE)
        connection.close()
    finally:
        connection.collect()  # the polite way would wait for the answer of a broker that is gone


def _publish(producer: Producer, event: Event) -> None:
    """Returns once the broker has it, on disk where a durable queue wants it. Raises MessageNacked, or what a lost connection raises."""
    producer.publish(
        orjson.dumps(message_of(event)),
        routing_key=event.verb,
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode="persistent",
        message_id=str(event.pk),
        type=event.verb,
        app_id=SERVICE,
        timestamp=int(event.at.timestamp()),
        confirm_timeout=SECONDS_TO_ANSWER,
    )


def _note(rows: Sequence[Outbox], fates: _Fates) -> None:
    """What was published is done. What was refused is due later and later, what must wait for it soon, and the rest at once."""
    now = clock.now()
    Outbox.objects.filter(pk__in=fates.published).delete()
    Outbox.objects.filter(pk__in=fates.held).update(leased_until=None, next_try_at=now + PAUSE_OF_HELD)
    for row in fates.refused:
        pause = min(timedelta(seconds=2 ** min(row.attempts, 12)), LONGEST_PAUSE)
        Outbox.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, next_try_at=now + pause, leased_until=None)
        log.warning("event_refused_by_broker", event_id=row.event_id, attempts=row.attempts + 1)
    left = {row.pk for row in rows} - {*fates.published, *fates.held, *(row.pk for row in fates.refused)}
    Outbox.objects.filter(pk__in=left).update(leased_until=None, attempts=F("attempts") + (1 if breaker.is_open else 0))
