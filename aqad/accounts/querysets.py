"""Named questions about people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from aqad.accounts.models import Membership, TokenFamily, User
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import NotFound

NEWEST = ("-created_at", "-pk")  # of sign-ins, whose keys say nothing of their time


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


def in_force_of(user: User) -> QuerySet[TokenFamily]:
    """By what this person is signed in now: browsers' sessions and families of tokens."""
    of_this_version = Q(version=None) | Q(version=user.token_version)
    return TokenFamily.objects.filter(of_this_version, user=user, ended_at=None, expires_at__gt=clock.now())


def find_session(user: User, identifier: str) -> TokenFamily:
    """One of `in_force_of`, with its person. Raises NotFound."""
    try:
        key = UUID(identifier)
    except ValueError:
        raise NotFound from None
    family = in_force_of(user).select_related("user").filter(pk=key).first()
    if family is None:
        raise NotFound
    return family
