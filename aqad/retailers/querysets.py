"""Named questions about shops and their addresses."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from aqad.accounts.models import Membership
from aqad.core.actor import Actor
from aqad.retailers.models import Address, Retailer


def visible_to(actor: Actor) -> QuerySet[Retailer]:
    """Staff see every retailer, a retailer itself."""
    rows = Retailer.objects.select_related("company")
    if actor.is_staff:
        return rows
    return rows.filter(company=actor.company) if actor.company is not None else rows.none()


def with_people(rows: QuerySet[Retailer]) -> QuerySet[Retailer]:
    memberships = Membership.objects.select_related("user").order_by("pk")
    return rows.prefetch_related(Prefetch("company__memberships", queryset=memberships))


def addresses_visible_to(actor: Actor) -> QuerySet[Address]:
    """The own company's addresses that were not removed."""
    if actor.company is None:
        return Address.objects.none()
    return Address.objects.filter(retailer__company=actor.company, removed_at=None)
