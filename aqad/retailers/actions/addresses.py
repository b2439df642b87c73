"""Where a shop wants its cartons: added, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Invalid, NotFound
from aqad.retailers.models import Address, Retailer

MOST = 100
FIELDS = ("label", "line1", "area", "emirate", "landmark", "phone", "latitude", "longitude")


@transaction.atomic
def add_address(retailer: Retailer, *, particulars: Mapping[str, Any], actor: Actor) -> Address:
    """A new place to deliver to. Raises Conflict above a hundred, Invalid when only one of the coordinates is given."""
    Retailer.objects.select_for_update().get(pk=retailer.pk)
    if retailer.addresses.filter(removed_at=None).count() >= MOST:
        raise Conflict(_("A company can keep %(most)s addresses; remove one first.") % {"most": MOST})
    address = Address(retailer=retailer, **particulars)
    _refuse_half_a_place(address)
    address.save()
    record("retailers.address_added", address, actor, about=retailer, emirate=address.emirate)
    return address


@transaction.atomic
def change_address(address: Address, *, changes: Mapping[str, Any], actor: Actor) -> Address:
    """Change what is given; orders keep the copy that they were placed with. Raises NotFound when it was removed, Invalid."""
    locked = _lock(address)
    changed = [name for name in FIELDS if name in changes and getattr(locked, name) != changes[name]]
    if changed:
        for name in changed:
            setattr(locked, name, changes[name])
        _refuse_half_a_place(locked)
        locked.save(update_fields=changed)
        record("retailers.address_changed", locked, actor, about=locked.retailer, fields=changed)
    return locked


@transaction.atomic
def remove_address(address: Address, *, actor: Actor) -> None:
    """Take it off the list; the row stays for the orders that went there. Raises NotFound when it was removed already."""
    locked = _lock(address)
    locked.removed_at = clock.now()
    locked.save(update_fields=["removed_at"])
    record("retailers.address_removed", locked, actor, about=locked.retailer)


def _lock(address: Address) -> Address:
    rows = Address.objects.select_for_update(of=("self",)).select_related("retailer")
    locked = rows.filter(pk=address.pk, removed_at=None).first()
    if locked is None:
        raise NotFound
    return locked


def _refuse_half_a_place(address: Address) -> None:
    if (address.latitude is None) != (address.longitude is None):
        missing = "latitude" if address.latitude is None else "longitude"
        raise Invalid({missing: [_("Give latitude and longitude together, or neither.")]})
