"""The named cast: who they are, as an actor for actions and as an API client for endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rest_framework.test import APIClient

from aqad.accounts import tokens
from aqad.accounts.models import Company, User
from aqad.core.actor import Actor
from tests.factories.people import (
    DeliveryPartnerFactory,
    MembershipFactory,
    RetailerFactory,
    TokenFamilyFactory,
    UserFactory,
    VendorFactory,
)


@dataclass
class Person:
    """`of` is the Vendor, Retailer or DeliveryPartner the person acts for; None for staff."""

    user: User
    of: Any = None
    position: str = ""

    @property
    def company(self) -> Company | None:
        return self.of.company if self.of else None

    @property
    def actor(self) -> Actor:
        role = self.company.kind if self.company else "staff"
        return Actor(user=self.user, company=self.company, role=role, position=self.position, via="api", request_id="test-request")

    @cached_property
    def api(self) -> APIClient:
        """A client with an access token of this person."""
        client = APIClient()
        family = TokenFamilyFactory(user=self.user)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(self.user, family)['access']}")
        return client


def member(of: Any, position: str = "owner", **user: Any) -> Person:
    person = Person(UserFactory(**user), of, position)
    MembershipFactory(user=person.user, company=of.company, role=position)
    return person


def a_vendor(name: str = "Ahmed Foods LLC", **fields: Any) -> Person:
    return member(VendorFactory(company__name=name, **fields))


def a_retailer(name: str = "Fresh Mart Supermarket", **fields: Any) -> Person:
    return member(RetailerFactory(company__name=name, **fields))


def a_partner(name: str = "FastTrack Logistics", **fields: Any) -> Person:
    """The partner's dispatcher."""
    return member(DeliveryPartnerFactory(company__name=name, **fields), "dispatcher")


def a_driver(of: Any) -> Person:
    return member(of, "driver")


def a_member_of_staff() -> Person:
    return Person(UserFactory(is_staff=True, is_superuser=True, name="Sara of AQAD"))
