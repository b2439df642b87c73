"""A delivery as pages show it; what is told of it is what the API tells the same actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from aqad.accounts.statuses import Position
from aqad.core.actor import Actor
from aqad.core.views import find
from deliveries.actions.reporting import reportable
from deliveries.api.serializers import DeliveryShown
from deliveries.models import Delivery
from deliveries.querysets import drivers_of, in_full, visible_to
from deliveries.statuses import USUAL_NEXT, DeliveryStatus

# What a driver usually finds when nobody takes the goods; anything else goes into words of their own.
QUICK_REASONS = (
    _("The shop is closed."),
    _("Nobody there may receive the goods."),
    _("The shop does not want the goods."),
    _("The cash is not ready."),
    _("I cannot find the address."),
)


@dataclass(frozen=True, slots=True)
class Stop:
    """The row, what its actor may know of it, and the steps that the actor may report."""

    delivery: Delivery
    told: dict[str, Any]
    steps: frozenset[str]

    @property
    def next_step(self) -> str:
        """The step of the large button; empty when there is none to be taken now."""
        usual = USUAL_NEXT.get(self.delivery.status, "")
        return usual if usual in self.steps else ""

    @property
    def ahead(self) -> list[str]:
        """What usually comes until the goods are handed over, in words."""
        status, labels = self.delivery.status, []
        while status := USUAL_NEXT.get(status, ""):
            labels.append(str(DeliveryStatus(status).label))
        return labels

    @property
    def is_at_vendor(self) -> bool:
        """Whether the goods are still to be fetched."""
        return self.delivery.status == DeliveryStatus.ASSIGNED


def stop_of(delivery: Delivery, actor: Actor) -> Stop:
    """Needs a delivery read `in_full`."""
    told = DeliveryShown(delivery, context={"actor": actor}).data
    return Stop(delivery, told, reportable(delivery, actor=actor))


def stops_of(deliveries: Iterable[Delivery], actor: Actor) -> list[Stop]:
    return [stop_of(delivery, actor) for delivery in deliveries]


def page_of(reference: str, actor: Actor) -> dict[str, Any]:
    """What the page of one delivery shows, as it stands now. Raises NotFound."""
    delivery = find(in_full(visible_to(actor)), Delivery.PREFIX, reference)
    may_change_driver = actor.position == Position.DISPATCHER and delivery.status == DeliveryStatus.ASSIGNED
    return {
        "stop": stop_of(delivery, actor),
        "drivers": drivers_of(delivery.partner.company_id).order_by("name", "pk") if may_change_driver else [],
        "reasons": QUICK_REASONS,
    }
