"""How the catalogue may refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from aqad.core.errors import Conflict


class Shortage(TypedDict):
    """Units of one product (`P1001`) that were wanted, and how many there are."""

    product: str
    requested: int
    available: int


class InsufficientStock(Conflict):
    """Nothing was reserved; `items` names every product that is short, once each."""

    code, message = "insufficient_stock", _("There is not enough stock for this order.")

    def __init__(self, items: Sequence[Shortage]) -> None:
        super().__init__(items=list(items))


class ReservedStock(Conflict):
    """The shelf cannot be counted below what is promised to orders."""

    message = _("Orders hold more than that; the stock cannot go below what is reserved.")


class AlreadyThere(Conflict):
    message = _("There is one of this name already.")


class InUse(Conflict):
    message = _("This is still in use, so it cannot be deleted.")
