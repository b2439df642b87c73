"""A cart as it could be bought now, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aqad.retailers.models import Retailer
from catalog.showing import shown_on_sale
from orders.pricing import PricedCart, price_cart
from orders.querysets import items_in_cart


@dataclass(frozen=True, slots=True)
class CartNow:
    """`on_sale` holds the products in it that can be bought, by reference, as the catalogue shows them."""

    priced: PricedCart
    on_sale: Mapping[str, dict[str, Any]]


def cart_now(retailer: Retailer) -> CartNow:
    items = items_in_cart.all(retailer.pk)
    on_sale = shown_on_sale([item.product_id for item in items])
    priced = price_cart(items, on_sale=on_sale.keys())
    return CartNow(priced, {product["id"]: product for product in on_sale.values()})
