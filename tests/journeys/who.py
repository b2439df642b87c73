"""Groups of the cast, and a row of the tables that say who may call what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

AHMED = frozenset({"vendor", "clerk"})
VENDORS = AHMED | {"rival_vendor"}
FRESH = frozenset({"retailer", "helper"})
SHOPS = FRESH | {"rival_retailer"}
DRIVERS = frozenset({"driver", "colleague"})
DISPATCHERS = frozenset({"dispatcher", "rival_dispatcher"})
ON_THE_ROAD = DRIVERS | DISPATCHERS
STAFF = frozenset({"staff"})
MANAGERS = frozenset({"vendor", "rival_vendor", "retailer", "rival_retailer"}) | DISPATCHERS
PEOPLE = VENDORS | SHOPS | ON_THE_ROAD | STAFF
ANYONE = PEOPLE | {"anonymous"}
RIVALS = frozenset({"rival_vendor", "rival_retailer", "rival_dispatcher", "colleague"})
NOBODY: frozenset[str] = frozenset()
# Whose a delivery is: its partner's dispatcher, its driver (no colleague), the order's two companies, staff.
SEE_THE_DELIVERY = AHMED | FRESH | STAFF | {"driver", "dispatcher"}


@dataclass(frozen=True)
class Row:
    """Who may call it at all (others: 401, 403), and for each thing it is called on, whose that is (others who may: 404)."""

    may: frozenset[str]
    on: dict[str, frozenset[str]] = field(default_factory=dict)
    body: Any = None
    form: bool = False


def row(may: frozenset[str], body: Any = None, *, form: bool = False, **on: frozenset[str]) -> Row:
    return Row(may, {name.replace("_", " "): theirs for name, theirs in on.items()}, body, form)
