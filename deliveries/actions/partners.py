"""The life of a delivery partner: taken on with its people, changed, shut out and let in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.companies import change_company, name_company, register_company, reinstate_company, suspend_company
from aqad.accounts.actions.people import add_member
from aqad.accounts.statuses import CompanyKind, CompanyStatus
from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from deliveries.models import DeliveryPartner

WITHOUT_REASON = _("Suspended by AQAD.")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A driver or dispatcher to be; the password was hashed before the transaction."""

    name: str
    email: str
    phone: str
    password_hash: str
    role: str


@transaction.atomic
def create_partner(*, name: str, phone: str, emirates: Sequence[str], people: Sequence[NewPerson], actor: Actor) -> DeliveryPartner:
    """An active partner with its dispatchers and drivers, who can sign in at once. Raises Invalid on `users.N.email` or `.role`."""
    company = register_company(kind=CompanyKind.DELIVERY, name=name, phone=phone, status=CompanyStatus.ACTIVE)
    partner = DeliveryPartner.objects.create(company=company, emirates=list(emirates))
    name_company(company, partner)
    record("deliveries.partner_created", partner, actor, emirates=list(emirates))
    for number, person in enumerate(people):
        try:
            add_member(
                company=company,
                name=person.name,
                email=person.email,
                phone=person.phone,
                password_hash=person.password_hash,
                role=person.role,
                actor=actor,
            )
        except Invalid as refusal:
            raise Invalid({f"users.{number}.{field}": words for field, words in refusal.errors.items()}) from refusal
    return partner


@transaction.atomic
def change_partner(partner: DeliveryPartner, *, changes: Mapping[str, Any], actor: Actor) -> DeliveryPartner:
    """Change name, phone or emirates; what is on its way goes on. What is the same stays unrecorded."""
    company = {field: changes[field] for field in ("name", "phone") if field in changes}
    if company:
        change_company(partner.company, changes=company, actor=actor)
    locked = DeliveryPartner.objects.select_for_update().get(pk=partner.pk)
    emirates = list(changes.get("emirates", locked.emirates))
    if emirates != locked.emirates:
        before, locked.emirates = locked.emirates, emirates
        locked.save(update_fields=["emirates"])
        record("deliveries.partner_changed", locked, actor, before=before, after=emirates)
    return locked


def suspend_partner(partner: DeliveryPartner, *, reason: str, actor: Actor) -> DeliveryPartner:
    """Shut the partner and its people out at once; its deliveries stay with it. Raises InvalidTransition."""
    suspend_company(partner.company, reason=reason or str(WITHOUT_REASON), actor=actor)
    return partner


def reinstate_partner(partner: DeliveryPartner, *, actor: Actor) -> DeliveryPartner:
    """Let a suspended partner in again. Raises InvalidTransition."""
    reinstate_company(partner.company, actor=actor)
    return partner
