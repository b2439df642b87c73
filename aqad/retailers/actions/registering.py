"""A shop registers and may order at once; staff can shut it out and let it in again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from aqad.accounts.actions.companies import name_company, register_company, reinstate_company, suspend_company
from aqad.accounts.actions.people import add_member
from aqad.accounts.statuses import CompanyKind, CompanyStatus, Position
from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.retailers.actions.addresses import add_address
from aqad.retailers.models import Retailer


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a new shop says of itself, checked; the password was hashed before the transaction."""

    name: str
    email: str
    phone: str
    password_hash: str = field(repr=False)
    company_name: str
    trn: str = ""
    address: Mapping[str, Any] | None = None


def prepare(*, password: str, **said: Any) -> Registration:
    """Hash the password; call before the transaction of `register`."""
    return Registration(password_hash=make_password(password), **said)


@transaction.atomic
def register(registration: Registration, *, actor: Actor) -> Retailer:
    """An active retailer with its owner and, if one was given, its first address. Raises Invalid on `email` when it is taken."""
    said = registration
    company = register_company(
        kind=CompanyKind.RETAILER, name=said.company_name, phone=said.phone, trn=said.trn, status=CompanyStatus.ACTIVE
    )
    retailer = Retailer.objects.create(company=company)
    name_company(company, retailer)
    applicant = replace(actor, company=company, role=CompanyKind.RETAILER.value, position=Position.OWNER.value)
    owner = add_member(
        company=company,
        name=said.name,
        email=said.email,
        phone=said.phone,
        password_hash=said.password_hash,
        role=Position.OWNER,
        actor=applicant,
    )
    applicant = replace(applicant, user=owner)
    record("retailers.registered", retailer, applicant)
    if said.address is not None:
        add_address(retailer, particulars=said.address, actor=applicant)
    return retailer


def suspend(retailer: Retailer, *, reason: str, actor: Actor) -> Retailer:
    """Shut an active shop and its people out at once. Raises InvalidTransition, Invalid without a reason."""
    retailer.company = suspend_company(retailer.company, reason=reason, actor=actor)
    return retailer


def reinstate(retailer: Retailer, *, actor: Actor) -> Retailer:
    """Let a suspended shop order again. Raises InvalidTransition."""
    retailer.company = reinstate_company(retailer.company, actor=actor)
    return retailer
