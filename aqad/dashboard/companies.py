"""The own company as a whole: what all kinds share lives in accounts, what only a vendor has in vendors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from aqad.accounts.actions.companies import CHANGEABLE, change_company
from aqad.accounts.models import Company
from aqad.core.actor import Actor
from vendors.actions.particulars import change_particulars


def own_company(actor: Actor) -> Company:
    """The actor's company with what only its kind has."""
    return Company.objects.select_related("vendor", "delivery_partner").get(pk=actor.company.pk)


@transaction.atomic
def change_own_company(changes: Mapping[str, Any], *, actor: Actor) -> Company:
    """Change what is given: name, phone, TRN, and a vendor's particulars. Returns the company as it now stands."""
    shared = {name: value for name, value in changes.items() if name in CHANGEABLE}
    own = {name: value for name, value in changes.items() if name not in CHANGEABLE}
    if shared:
        change_company(actor.company, changes=shared, actor=actor)
    if own:
        change_particulars(own_company(actor).vendor, changes=own, actor=actor)
    return own_company(actor)
