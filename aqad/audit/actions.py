"""Recording what happened, in the transaction of the change itself, and handing it to those who consume it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import translation

from aqad.audit import consumers, verbs
from aqad.audit.leasing import BATCH, lease
from aqad.audit.models import Event, EventOrigin, Outbox
from aqad.audit.publishing import publish
from aqad.core import clock, writing
from aqad.core.actor import Actor
from aqad.core.transactions import outside_transaction

log = structlog.get_logger(__name__)
LONGEST_PAUSE = timedelta(hours=1)


def record(verb: str, subject: models.Model, actor: Actor, *, about: models.Model | None = None, **facts: Any) -> Event:
    """Write one event and the outbox rows of its consumers. `about` is a second thing whose history it belongs to.

    Facts are ids, codes and amounts. Raises RuntimeError outside a transaction, ValueError for an undeclared verb.
    """
    event = compose(verb, subject, actor, pk=writing.draw({Event: 1})[Event][0], about=about, **facts)
    writing.insert(rows_of([event], actor))
    return event


def record_many(verb: str, subjects: Sequence[models.Model], actor: Actor, facts: Sequence[Mapping[str, Any]] = ()) -> None:
    """Record `verb` for each of `subjects`, with the facts at the same place, in a handful of statements. Raises like `record`.

    Consumers that only need to know that something happened hear of the last one.
    """
    if not subjects:
        return
    known = facts or [{}] * len(subjects)
    numbers = writing.draw({Event: len(subjects)})[Event]
    rows = zip(subjects, known, numbers, strict=True)
    writing.insert(rows_of([compose(verb, subject, actor, pk=pk, **its) for subject, its, pk in rows], actor))


@translation.override(settings.LANGUAGE_CODE)
def compose(verb: str, subject: models.Model, actor: Actor, *, pk: int, about: models.Model | None = None, **facts: Any) -> Event:
    """An event that is still to be written, with `rows_of`, under this drawn primary key. Raises like `record`.

    Its words are the record's own language, whoever acts: it is filtered by them for ever.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is written in the transaction of its change.")
    if not verbs.is_declared(verb):
        raise ValueError(f"{verb} is not declared")
    return Event(
        pk=pk,
        verb=verb,
        subject_kind=str(subject._meta.verbose_name).capitalize(),
        subject=name_of(subject),
        about=name_of(about) if about is not None else "",
        actor=actor.name,
        actor_user_id=actor.user_id,
        actor_role=actor.role,
        facts=facts,
        via=actor.via,
        request_id=actor.request_id,
        at=clock.now(),
    )


def rows_of(events: Sequence[Event], actor: Actor) -> list[models.Model]:
    """Composed events and all that is written beside them, for one `writing.insert`. Workers are asked to look after the commit.

    Consumers that only need to know that something happened hear of the last event of a verb.
    """
    origins = [EventOrigin(event_id=event.pk, ip=actor.ip) for event in events] if actor.ip else []
    last = {event.verb: event for event in events}
    waiting = [(event, name) for event in events for name in consumers.interested_in(event.verb)]
    heard = [(event, name) for event, name in waiting if event is last[event.verb] or not consumers.hears_once(name)]
    ask_workers(name for _, name in heard)
    return [*events, *origins, *(Outbox(event_id=event.pk, consumer=name, next_try_at=event.at) for event, name in heard)]


def heard_by(verbs: Sequence[str]) -> list[tuple[str, str]]:
    """Each of these verbs with the consumers that hear of it, for whoever writes the rows of `rows_of` in a statement of his own."""
    return [(verb, name) for verb in verbs for name in consumers.interested_in(verb)]


def ask_workers(names: Iterable[str]) -> None:
    """Let the workers of these consumers look into the outbox, after the transaction where one is open."""
    for task in dict.fromkeys(consumers.task_of(name) for name in names):
        _publish_once_per_transaction(task)


def name_of(subject: models.Model) -> str:
    """`V1001`, or `user:7` for things that have no reference."""
    return str(getattr(subject, "reference", None) or f"{subject._meta.model_name}:{subject.pk}")


def work_off(limit: int = BATCH) -> int:
    """Lease waiting events, oldest first, and hand each consumer its own together. Returns how many were done."""
    outside_transaction()
    waiting: dict[str, list[Outbox]] = {}
    for row in lease(~models.Q(consumer__in=consumers.with_own_task()), limit):
        waiting.setdefault(row.consumer, []).append(row)
    return sum(_hand_over(consumer, rows) for consumer, rows in waiting.items())


def _hand_over(consumer: str, rows: Sequence[Outbox]) -> int:
    """What the consumer did and the end of its rows stand or fall together. Where it fails, halves are tried until the culprit is alone."""
    handler = consumers.handler_of(consumer)
    try:
        with transaction.atomic():
            if handler is not None:
                handler([row.event for row in rows])
            Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    except Exception:
        if len(rows) == 1:
            _put_off(rows[0])
            return 0
    else:
        return len(rows)
    middle = len(rows) // 2
    return _hand_over(consumer, rows[:middle]) + _hand_over(consumer, rows[middle:])


def _put_off(row: Outbox) -> None:
    """Called while the consumer's exception is being handled."""
    pause = min(timedelta(seconds=2 ** min(row.attempts, 12)), LONGEST_PAUSE)
    Outbox.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, next_try_at=clock.now() + pause, leased_until=None)
    log.exception("outbox_consumer_failed", consumer=row.consumer, event_id=row.event_id, attempts=row.attempts + 1)


def _publish_once_per_transaction(task: str) -> None:
    """One message to a worker per transaction, however many events it wrote."""
    asked = [function for _, function, *_ in connection.run_on_commit if isinstance(function, partial)]
    if not any(function.func is publish and function.args == (task,) for function in asked):
        transaction.on_commit(partial(publish, task))
