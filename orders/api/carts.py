"""The cart over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.core.idempotency import Answer
from aqad.core.views import Door, find
from aqad.retailers.models import Retailer
from catalog.models import Product
from catalog.querysets import product_on_sale
from orders.actions import cart
from orders.actions.reordering import reorder
from orders.api.bodies import CartQuantity
from orders.api.serializers import CartShown, show_cart, show_outcome
from orders.carts import cart_now
from orders.models import Order
from orders.querysets import products_to_take_out


class CartDoor(Door):
    roles = {"*": ("retailer",)}

    @extend_schema(responses=CartShown)
    def retrieve(self, request: Request) -> Response:
        """The own company's cart, at today's prices, with what stands in the way of ordering it."""
        return self._shown()

    @extend_schema(responses={200: CartShown})
    def clear(self, request: Request) -> Response:
        """Empty the cart."""
        cart.clear(self._retailer)
        return self._shown()

    @extend_schema(request=CartQuantity, responses=CartShown)
    def put_in(self, request: Request, reference: str) -> Response:
        """Let the cart hold so many units of a product."""
        product = find(product_on_sale, Product.PREFIX, reference)
        cart.put_in(self._retailer, product, self.read(CartQuantity)["quantity"])
        return self._shown()

    @extend_schema(responses={200: CartShown})
    def remove(self, request: Request, reference: str) -> Response:
        """Take a product out of the cart, also one that is not for sale any more."""
        product = find(products_to_take_out(self._retailer), Product.PREFIX, reference)
        cart.take_out(self._retailer, product)
        return self._shown()

    @property
    def _retailer(self) -> Retailer:
        retailer: Retailer = self.actor.company.retailer
        return retailer

    def _shown(self) -> Response:
        return Response(cart_of(self._retailer))


def cart_of(retailer: Retailer) -> dict[str, Any]:
    """The cart's answer, in a constant number of queries."""
    now = cart_now(retailer)
    return show_cart(now.priced, now.on_sale)


def put_back(orders: Sequence[Order], retailer: Retailer) -> Answer:
    """Order the same again, and show the cart with what became of it."""
    outcome = reorder(orders, retailer=retailer)
    return Answer(200, {**cart_of(retailer), **show_outcome(outcome)})
