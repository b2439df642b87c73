"""How an order may refuse."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from aqad.core import money
from aqad.core.errors import Conflict


class PriceChanged(Conflict):
    """The total is not what the caller expects (any more); `total` and `items` say what it is."""

    code, message = "price_changed", _("Prices have changed; please look at the new total.")

    def __init__(self, total: Decimal, items: Sequence[dict[str, Any]]) -> None:
        super().__init__(total=money.text(total), items=list(items))


class TooManyUnpaidOrders(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(_("At most %(most)s card orders may wait for payment; please pay or cancel one first.") % {"most": most})


class CartFull(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(_("A cart holds at most %(most)s products; please check out first.") % {"most": most})
