"""The life of a company: registered, named, changed, shut out, let in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company, User
from aqad.accounts.statuses import TRANSITIONS, CompanyStatus
from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Invalid, InvalidTransition
from aqad.core.references import Referenced

CHANGEABLE = ("name", "phone", "trn")


def register_company(*, kind: str, name: str, phone: str, trn: str = "", status: str) -> Company:
    """A new company without a reference yet: its Vendor, Retailer or DeliveryPartner comes next, then `name_company`.

    The caller records the registration, which is its own kind's event.
    """
    return Company.objects.create(kind=kind, name=name, phone=phone, trn=trn, status=status)


def name_company(company: Company, owner_row: Referenced) -> Company:
    """Give the company the reference of its Vendor, Retailer or DeliveryPartner: `V1001`."""
    company.reference = owner_row.reference
    company.save(update_fields=["reference"])
    return company


@transaction.atomic
def change_company(company: Company, *, changes: Mapping[str, Any], actor: Actor) -> Company:
    """Change name, phone or TRN; what is the same stays unrecorded."""
    locked = lock_company(company)
    unknown = changes.keys() - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"a company has no changeable {', '.join(sorted(unknown))}")
    changed = [name for name in CHANGEABLE if name in changes and getattr(locked, name) != changes[name]]
    if changed:
        for name in changed:
            setattr(locked, name, changes[name])
        locked.save(update_fields=changed)
        record("accounts.company_changed", locked, actor, fields=changed)
    return locked


def suspend_company(company: Company, *, reason: str, actor: Actor) -> Company:
    """Shut an active company out, its people at once. Raises InvalidTransition, Invalid without a reason."""
    if not reason:
        raise Invalid({"reason": [_("Reason is required.")]})
    return move_company(company, CompanyStatus.SUSPENDED, reason=reason, actor=actor, verb="accounts.company_suspended")


def reinstate_company(company: Company, *, actor: Actor) -> Company:
    """Let a suspended company in again; its people sign in anew. Raises InvalidTransition."""
    return move_company(
        company, CompanyStatus.ACTIVE, reason="", actor=actor, verb="accounts.company_reinstated", only_from=CompanyStatus.SUSPENDED
    )


@transaction.atomic
def move_company(
    company: Company,
    status: str,
    *,
    reason: str,
    actor: Actor,
    verb: str,
    subject: models.Model | None = None,
    only_from: str | None = None,
) -> Company:
    """The one mover of a company's state: checks the table, keeps the reason, records `verb` on `subject` (else on the company).

    A company that may not act any more loses every token and session of its people. Raises InvalidTransition.
    """
    locked = lock_company(company)
    before = locked.status
    if status not in TRANSITIONS[before] or only_from not in (None, before):
        raise InvalidTransition(status=before)
    locked.status, locked.reason = status, reason
    locked.save(update_fields=["status", "reason"])
    if status == CompanyStatus.SUSPENDED:
        User.objects.filter(membership__company=locked).update(token_version=models.F("token_version") + 1)
    about = locked if subject is not None else None
    record(verb, subject if subject is not None else locked, actor, about=about, before=before, after=status)
    company.status, company.reason = locked.status, locked.reason
    return locked


def lock_company(company: Company) -> Company:
    """The company as it now stands, locked until the transaction ends."""
    return Company.objects.select_for_update().get(pk=company.pk)
