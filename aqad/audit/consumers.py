"""Who consumes events. A consumer's handler gets events, oldest first, and must be harmless when it is called with them again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aqad.audit.models import Event

Handler = Callable[[Sequence["Event"]], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    handler: Handler
    verbs: frozenset[str]
    once_per_batch: bool = False


_consumers: dict[str, Consumer] = {}


def register(name: str, handler: Handler, verbs: Iterable[str], *, once_per_batch: bool = False) -> None:
    """Let `handler` be called once (at least) for each event with one of `verbs`, after its transaction committed.

    It gets several at a time where several wait. When it raises, nothing of that call stands, and smaller parts are tried.
    `once_per_batch`: of events that are recorded together, the last one is enough.
    """
    _consumers[name] = Consumer(name, handler, frozenset(verbs), once_per_batch)


def interested_in(verb: str) -> list[str]:
    return [consumer.name for consumer in _consumers.values() if verb in consumer.verbs]


def handler_of(name: str) -> Handler | None:
    consumer = _consumers.get(name)
    return consumer.handler if consumer else None


def hears_once(name: str) -> bool:
    consumer = _consumers.get(name)
    return consumer is not None and consumer.once_per_batch
