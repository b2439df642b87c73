"""Who consumes events. A consumer's handler gets events, oldest first, and must be harmless when it is called with them again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aqad.audit.models import Event

Handler = Callable[[Sequence["Event"]], None]
WORK_OFF = "audit.work_off"


@dataclass(frozen=True, slots=True)
class Consumer:
    """`verbs` of None are all of them. Without a handler, `task` takes the rows from the outbox by itself."""

    name: str
    handler: Handler | None
    verbs: frozenset[str] | None
    once_per_batch: bool = False
    task: str = WORK_OFF

    def hears(self, verb: str) -> bool:
        return self.verbs is None or verb in self.verbs


_consumers: dict[str, Consumer] = {}


def register(name: str, handler: Handler, verbs: Iterable[str], *, once_per_batch: bool = False) -> None:
    """Let `handler` be called once (at least) for each event with one of `verbs`, after its transaction committed.

    It gets several at a time where several wait. When it raises, nothing of that call stands, and smaller parts are tried.
    `once_per_batch`: of events that are recorded together, the last one is enough.
    """
    _consumers[name] = Consumer(name, handler, frozenset(verbs), once_per_batch)


def register_task(name: str, task: str) -> None:
    """Let the Celery task `task` be asked after every event; it fetches the rows of `name` itself, because it calls another system."""
    _consumers[name] = Consumer(name, None, None, task=task)


def unregister(name: str) -> None:
    """What still waits for it is cleared away."""
    _consumers.pop(name, None)


def names() -> list[str]:
    return sorted(_consumers)


def interested_in(verb: str) -> list[str]:
    return [consumer.name for consumer in _consumers.values() if consumer.hears(verb)]


def task_of(name: str) -> str:
    """The task that works off the rows of this consumer; those of one that is gone are cleared away by the common one."""
    consumer = _consumers.get(name)
    return consumer.task if consumer else WORK_OFF


def with_own_task() -> list[str]:
    return [consumer.name for consumer in _consumers.values() if consumer.task != WORK_OFF]


def handler_of(name: str) -> Handler | None:
    consumer = _consumers.get(name)
    return consumer.handler if consumer else None


def hears_once(name: str) -> bool:
    consumer = _consumers.get(name)
    return consumer is not None and consumer.once_per_batch
