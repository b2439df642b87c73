"""A driver's round: what is open in the order of work, and what was finished today."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from aqad.core import clock
from aqad.core.actor import Actor
from deliveries.models import Delivery
from deliveries.querysets import in_full, visible_to
from deliveries.statuses import OPEN, ORDER_OF_WORK
from deliveries.web.shown import Stop, stops_of
from orders.statuses import OrderStatus

LONGEST = 100  # deliveries; more than that nobody carries in a day


@dataclass(frozen=True, slots=True)
class Round:
    to_do: list[Stop]
    done: list[Stop]
    mark: str


def round_of(actor: Actor) -> Round:
    """What the actor has open, and what was finished today (in the UAE), in a constant number of queries."""
    mine = visible_to(actor)
    mark = mark_of(actor)
    to_do = sorted(in_full(mine.filter(status__in=OPEN)).order_by("pk")[:LONGEST], key=_urgency)
    midnight = timezone.make_aware(datetime.combine(clock.today(), time.min))
    done = in_full(mine.exclude(status__in=OPEN).filter(updated_at__gte=midnight)).order_by("-updated_at", "-pk")[:LONGEST]
    return Round(stops_of(to_do, actor), stops_of(done, actor), mark)


def mark_of(actor: Actor) -> str:
    """A word that changes when anything in the actor's round does."""
    rows = visible_to(actor).filter(status__in=OPEN).order_by("pk").values_list("pk", "status", "order__status")[:LONGEST]
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]


def _urgency(delivery: Delivery) -> tuple[int, bool, int]:
    return ORDER_OF_WORK.index(delivery.status), delivery.order.status == OrderStatus.PROCESSING, delivery.pk
