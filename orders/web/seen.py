"""What a buyer was shown before deciding, carried by the form itself, so that a refusal for a changed price can say what changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from aqad.core import money
from catalog.models import Product
from orders.pricing import PricedCart

# A line as the form carries it: `P1001=48.00x10`.
LINE = re.compile(r"(P[0-9]{4,19})=([0-9]{1,6}\.[0-9]{2})x([0-9]{1,8})", re.ASCII)


def as_seen(cart: PricedCart) -> str:
    """Each line with its price and quantity, in one word."""
    return " ".join(f"{line.product.reference}={money.text(line.product.price)}x{line.quantity}" for line in cart.lines)


def changes_since(seen: str, cart: PricedCart) -> list[str]:
    """A sentence for each line that is not as it was seen; what cannot be read was not seen."""
    return list(_changes({found[1]: (found[2], int(found[3])) for found in LINE.finditer(seen)}, cart)) if seen else []


def _changes(before: dict[str, tuple[str, int]], cart: PricedCart) -> Iterator[str]:
    for line in cart.lines:
        name, price = line.product.name, money.text(line.product.price)
        if line.product.reference not in before:
            yield _("%(product)s was added.") % {"product": name}
            continue
        old_price, old_quantity = before.pop(line.product.reference)
        if price != old_price:
            yield _("%(product)s costs AED %(price)s instead of AED %(old)s.") % {"product": name, "price": price, "old": old_price}
        if line.quantity != old_quantity:
            counts = {"product": name, "quantity": f"{line.quantity:,}", "old": f"{old_quantity:,}"}
            yield _("%(quantity)s of %(product)s instead of %(old)s.") % counts
    gone = dict(Product.objects.filter(pk__in=[int(reference[1:]) for reference in before]).values_list("pk", "name"))
    for reference in before:
        yield _("%(product)s was taken out.") % {"product": gone.get(int(reference[1:]), reference)}
