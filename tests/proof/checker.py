"""Judges a record of calls against the database, by the request ids that events bear.

Each operation that was acknowledged happened exactly once, each that was refused left no trace, and each whose outcome is unknown
happened once or not at all; repeated with its key, it becomes one of the first two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aqad.audit.models import Event
from aqad.core.invariants import violations
from tests.proof.recorder import FAIL, OK, UNKNOWN, Answered, Call

BATCH = 1000
# Refusals that say nothing about the operation itself: its twin is running, or somebody else asks too often.
UNDECIDED = frozenset({"idempotency_in_progress", "rate_limited"})


@dataclass(frozen=True, slots=True)
class Kind:
    """The verbs of which an operation leaves exactly one event; none after an answer in `or_none`; `several`: one per thing it names.

    Without verbs its answer is all there is to judge it by.
    """

    verbs: frozenset[str] = frozenset()
    or_none: frozenset[int] = frozenset()
    several: bool = False


def leaving(*verbs: str, or_none: Iterable[int] = (), several: bool = False) -> Kind:
    return Kind(frozenset(verbs), frozenset(or_none), several)


KINDS: dict[str, Kind] = {
    "order": leaving("orders.placed"),
    "checkout": leaving("orders.placed", several=True),
    "confirm": leaving("payments.attempted", or_none=(202,)),  # while another's attempt is live, one is told so
    "accept": leaving("orders.accepted"),
    "ready": leaving("orders.ready"),
    "cancel": leaving("orders.cancelled"),
    "assign": leaving("deliveries.assigned"),
    "step": leaving(
        *(f"deliveries.{step}" for step in ("picked_up", "out_for_delivery", "delivered", "attempt_failed", "returned")),
    ),
    "refund": leaving("payments.refund_requested"),
    "stock": leaving("catalog.stock_adjusted"),
    "upload": leaving("catalog.image_added"),
    "webhook": leaving("payments.webhook_received"),
    "approve": leaving("vendors.approved"),
    "reject": leaving("vendors.rejected"),
    "refresh": leaving(),
    "cart": leaving(),
    "read": leaving(),
}


def wrong(answers: Iterable[Answered]) -> list[str]:
    """What does not fit between these calls and the database. Ask when nothing runs any more."""
    operations: dict[str, list[Answered]] = defaultdict(list)
    for answered in answers:
        operations[answered.call.whole].append(answered)
    events = _events_of([answered.call.id for tries in operations.values() for answered in tries])
    return [line for tries in operations.values() for line in _wrong_with(tries, [e for t in tries for e in events[t.call.id]])]


def undecided(answers: Iterable[Answered]) -> list[Answered]:
    """The last try of each operation of which nobody knows whether it happened."""
    operations: dict[str, list[Answered]] = defaultdict(list)
    for answered in answers:
        operations[answered.call.whole].append(answered)
    return [tries[-1] for tries in operations.values() if _outcome(tries) == UNKNOWN]


def converge(answers: Sequence[Answered], send: Callable[[Call], Answered], *, tries: int = 10) -> list[Answered]:
    """Repeat what is unknown and has a key, or is harmless to repeat, until it is answered; all calls, the new ones at the end.

    `send` makes one call. What stays unknown after so many tries is for `wrong` and its caller to judge.
    """
    all_calls = list(answers)
    for _ in range(tries):
        open_ones = [found.call for found in undecided(all_calls) if found.call.key or found.call.operation]
        if not open_ones:
            break
        all_calls += [send(call.again()) for call in open_ones]
    return all_calls


def broken_invariants() -> list[str]:
    """One line per row that breaks a promise, as `manage.py check_invariants` names it."""
    return [f"{name}: {row}" for name, rows in violations() for row in rows]


def _outcome(tries: Sequence[Answered]) -> str:
    """Of all tries together: one that was acknowledged is enough; a refusal counts if no unknown one came after it."""
    outcomes = [UNKNOWN if answered.code in UNDECIDED else answered.outcome for answered in tries]
    if OK in outcomes:
        return OK
    if all(answered.outcome == FAIL for answered in tries):
        return FAIL  # also when every one of them was told to wait
    return outcomes[-1]


def _wrong_with(tries: Sequence[Answered], events: Sequence[Event]) -> Iterator[str]:
    call, kind, outcome = tries[0].call, KINDS[tries[0].call.kind], _outcome(tries)
    mine = [event for event in events if event.verb in kind.verbs]
    name = f"{call.kind} {call.whole} ({call.path}; {', '.join(str(answered.status) for answered in tries)})"
    if outcome == FAIL and events:
        yield f"{name} was refused, but left {', '.join(event.verb for event in events)}"
    if outcome == UNKNOWN and len(mine) > 1 and not (kind.several and len({event.request_id for event in mine}) == 1):
        yield f"{name} is unknown, but happened {len(mine)} times"
    if outcome == OK and kind.verbs:
        yield from (f"{name} was acknowledged, but {words}" for words in _wrong_with_acknowledged(tries, mine, kind))


def _wrong_with_acknowledged(tries: Sequence[Answered], mine: Sequence[Event], kind: Kind) -> Iterator[str]:
    answered = next(found for found in tries if found.outcome == OK)
    expected = _promised(answered)
    may_be_none = answered.status in kind.or_none
    if len(mine) != len(expected) and not (may_be_none and not mine):
        yield f"happened {len(mine)} times instead of {len(expected)}"
    named = {reference for reference in expected if reference}
    if mine and named and named != {event.subject for event in mine}:
        yield f"speaks of {sorted(named)}, and it happened to {sorted(event.subject for event in mine)}"
    told = [_promised(found) for found in tries if found.outcome == OK and found.status not in kind.or_none]
    if any(one != expected for one in told) and not may_be_none:
        yield f"answered differently: {told}"


def _promised(answered: Answered) -> list[str]:
    """The references that an answer names, one per thing done; an empty word where it names none."""
    body: Any = answered.body if isinstance(answered.body, dict) else {}
    if answered.call.kind == "checkout":
        return [str(order["id"]) for order in body.get("orders", [])]
    if answered.call.kind == "confirm" and "payment" in body and isinstance(body["payment"], dict):  # a declined one
        return [str(body["payment"]["id"])]
    return [str(body.get("id", ""))]


def _events_of(request_ids: Sequence[str]) -> defaultdict[str, list[Event]]:
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for first in range(0, len(request_ids), BATCH):
        for event in Event.objects.filter(request_id__in=request_ids[first : first + BATCH]).order_by("pk"):
            found[event.request_id].append(event)
    return found
