"""Named questions about people."""

from __future__ import annotations

from django.db.models import QuerySet

from aqad.accounts.models import Membership, User
from aqad.core.actor import Actor


def visible_to(actor: Actor) -> QuerySet[User]:
    """Staff see everybody, with company and membership; the people of a company each other."""
    people = User.objects.select_related("membership__company")
    if actor.is_staff:
        return people
    return people.filter(membership__company=actor.company) if actor.company is not None else people.none()


def team_of(actor: Actor) -> QuerySet[Membership]:
    """The people of the actor's own company."""
    rows = Membership.objects.select_related("user", "company")
    return rows.filter(company=actor.company) if actor.company is not None else rows.none()


def with_role(people: QuerySet[User], role: str) -> QuerySet[User]:
    """Of `people`, those who act as vendor, retailer, delivery or staff."""
    if role == "staff":
        return people.filter(is_staff=True, membership=None)
    return people.filter(membership__company__kind=role)
