"""Named questions about vendors and their papers; every door starts from `visible_to`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When

from aqad.accounts.models import Membership
from aqad.accounts.statuses import CompanyStatus, Position
from aqad.core.actor import Actor
from vendors.models import Vendor, VendorDocument
from vendors.statuses import DocumentStatus

REVIEW_ORDER = ("queue", "-pk")  # who waits for a decision first
DECIDED = 2  # the place in the queue of whoever waits for nothing


def visible_to(actor: Actor) -> QuerySet[Vendor]:
    """Staff see every vendor, a vendor's people their own, nobody else any (the public shop window is the catalogue's)."""
    rows = Vendor.objects.select_related("company")
    if actor.is_staff or actor.is_system:
        return rows
    return rows.filter(company=actor.company) if actor.role == "vendor" and actor.company_id else rows.none()


def documents_visible_to(actor: Actor) -> QuerySet[VendorDocument]:
    """Papers are for their vendor's people and AQAD's staff only."""
    return VendorDocument.objects.select_related("vendor__company").filter(vendor__in=visible_to(actor))


def in_force_ending_by(until: date, *, actor: Actor) -> QuerySet[VendorDocument]:
    """The papers in force that end by `until` or have ended, each with `has_successor`: whether a newer one waits to be looked at."""
    newer = VendorDocument.objects.filter(vendor=OuterRef("vendor"), type=OuterRef("type"), status=DocumentStatus.PENDING)
    in_force = documents_visible_to(actor).filter(status=DocumentStatus.APPROVED, expires_on__lte=until)
    return in_force.annotate(has_successor=Exists(newer)).order_by("expires_on")


def with_papers(rows: QuerySet[Vendor]) -> QuerySet[Vendor]:
    """Each vendor with its documents, newest of a type first, and its people, in a constant number of queries."""
    return rows.select_related("company").prefetch_related(
        Prefetch("documents", VendorDocument.objects.order_by("type", "-pk")),
        Prefetch("company__memberships", Membership.objects.select_related("user").order_by("pk")),
    )


def in_review_order() -> QuerySet[Any]:
    """Every vendor with `waiting_papers` (how many), `company.owners`, and its place in the queue, to be ordered by REVIEW_ORDER."""
    owners = Membership.objects.filter(role=Position.OWNER).select_related("user").order_by("pk")
    return (
        Vendor.objects.select_related("company")
        .annotate(waiting_papers=Count("documents", filter=Q(documents__status=DocumentStatus.PENDING)))
        .annotate(
            queue=Case(
                When(company__status=CompanyStatus.PENDING, then=Value(0)),
                When(company__status=CompanyStatus.ACTIVE, waiting_papers__gt=0, then=Value(1)),
                default=Value(DECIDED),
                output_field=IntegerField(),
            )
        )
        .order_by(*REVIEW_ORDER)
        .prefetch_related(Prefetch("company__memberships", owners, to_attr="owners"))
    )


def expiring_unwarned(until: date) -> QuerySet[VendorDocument]:
    """Papers in force of trading vendors that end by `until` and whose vendor was not told yet."""
    return VendorDocument.objects.filter(
        status=DocumentStatus.APPROVED, expires_on__lte=until, warned_at=None, vendor__company__status=CompanyStatus.ACTIVE
    )
