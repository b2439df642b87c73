"""Ordering the same again: the lines of old orders go back into the cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from aqad.core.fields import LARGEST_QUANTITY
from aqad.retailers.models import Retailer
from catalog.querysets import products_on_sale
from orders.actions import cart
from orders.models import Order, OrderLine
from orders.statuses import CartProblem


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that can't be had now."""

    line: OrderLine
    why: CartProblem


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that costs another price now, in AED per unit before VAT."""

    line: OrderLine
    price: Decimal


@dataclass(slots=True)
class Reordered:
    skipped: list[Skipped] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)


def reorder(orders: Sequence[Order], *, retailer: Retailer) -> Reordered:
    """Put the lines of these orders into the cart (again: at least as many units of each), but for what can't be had.

    A product of which only a part is in stock goes in whole; the cart shows what is missing. Raises CartFull.
    """
    outcome, quantities = Reordered(), dict[int, int]()
    with transaction.atomic():
        lines = list(OrderLine.objects.filter(order__in=orders).order_by("order_id", "pk"))
        on_sale = products_on_sale().select_related("stock").in_bulk({line.product_id for line in lines})
        for line in lines:
            product = on_sale.get(line.product_id)
            if product is None:
                outcome.skipped.append(Skipped(line, CartProblem.UNAVAILABLE))
            elif product.stock.available == 0:
                outcome.skipped.append(Skipped(line, CartProblem.INSUFFICIENT_STOCK))
            else:
                quantities[product.pk] = min(quantities.get(product.pk, 0) + line.quantity, LARGEST_QUANTITY)
                if product.price != line.unit_price:
                    outcome.changed.append(Changed(line, product.price))
        cart.add_all(retailer, quantities)
    return outcome
