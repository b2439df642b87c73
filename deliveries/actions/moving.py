"""The one mover of a delivery's state, and the lock that stands before it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aqad.accounts.statuses import CompanyKind
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition, NotFound
from aqad.core.prepared import Prepared
from deliveries.models import Delivery, DeliveryStep
from deliveries.querysets import carried_by, of_driver, of_partner, visible_to
from deliveries.statuses import TRANSITIONS, DeliveryStatus


def lock_delivery(delivery: Delivery, *, actor: Actor) -> Delivery:
    """The delivery as it now stands, locked, if it is still the actor's to see. Raises NotFound."""
    if actor.role == CompanyKind.DELIVERY:
        find, values = carried_by(actor)
        locked = LOCKED[find].first(delivery.pk, *values)
    else:
        locked = _locked(visible_to(actor), delivery.pk).first()
    if locked is None:
        raise NotFound
    return locked


def _locked(deliveries: QuerySet[Delivery], pk: int) -> QuerySet[Delivery]:
    return deliveries.filter(pk=pk).select_related("order", "partner__company", "driver").select_for_update(of=("self",))


LOCKED = {
    of_partner: Prepared(lambda pk, *values: _locked(of_partner(*values), pk)),
    of_driver: Prepared(lambda pk, *values: _locked(of_driver(*values), pk)),
}
"""What is asked at each step on the road, by how a partner's person finds deliveries."""


def move(delivery: Delivery, status: DeliveryStatus, *, note: str = "", actor: Actor, changed: tuple[str, ...] = (), **facts: Any) -> None:
    """Bring a locked delivery into `status`, with step and event; `changed` names further fields to save. Raises InvalidTransition."""
    before, now = delivery.status, clock.now()
    if status not in TRANSITIONS[before]:
        raise InvalidTransition(status=before)
    delivery.status, delivery.updated_at = status, now
    delivery.save(update_fields=["status", "updated_at", *changed])
    DeliveryStep.objects.create(delivery=delivery, status=status, note=note, at=now)
    record(f"deliveries.{status}", delivery, actor, about=delivery.order, before=before, after=str(status), **facts)
