"""What a vendor says of its own trade: where goods are picked up, from which value and to where it sells, its logo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from aqad.audit.actions import record
from aqad.core.actor import Actor
from vendors.models import Vendor

ADDRESS_FIELDS = {"line1": "pickup_line1", "area": "pickup_area", "emirate": "pickup_emirate"}
PLAIN_FIELDS = ("minimum_order_value", "delivers_to", "logo")
ON_RECORD = frozenset({"minimum_order_value", "delivers_to", "pickup_emirate"})  # what holds no free text: recorded before and after


@transaction.atomic
def change_particulars(vendor: Vendor, *, changes: Mapping[str, Any], actor: Actor) -> Vendor:
    """Change any of `address` (line1, area, emirate), `minimum_order_value` (AED), `delivers_to` (emirates), `logo`.

    `logo` is the name of a file that `registering.store_logo` stored before the transaction, or "" to show none. What is the same
    stays unrecorded. Returns the vendor as it now stands.
    """
    columns = _columns(changes)
    locked = Vendor.objects.select_for_update(of=("self",)).select_related("company").get(pk=vendor.pk)
    before = {name: _plain(getattr(locked, name)) for name in columns}
    for name, value in columns.items():
        setattr(locked, name, value)
    changed = sorted(name for name, value in columns.items() if _plain(value) != before[name])
    if changed:
        locked.save(update_fields=changed)
        told = [name for name in changed if name in ON_RECORD]
        record(
            "vendors.changed",
            locked,
            actor,
            fields=changed,
            before={name: before[name] for name in told},
            after={name: _plain(columns[name]) for name in told},
        )
    return locked


def _columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: changes[name] for name in PLAIN_FIELDS if name in changes}
    columns |= {column: changes["address"][part] for part, column in ADDRESS_FIELDS.items() if part in changes.get("address", {})}
    if unknown := changes.keys() - {"address", *PLAIN_FIELDS}:
        raise ValueError(f"a vendor has no changeable {', '.join(sorted(unknown))}")
    return columns


def _plain(value: Any) -> Any:
    """As JSON holds it, so that an amount and a file compare by what they say."""
    return list(value) if isinstance(value, list | tuple) else str(value)
