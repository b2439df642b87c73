"""The cart as a page: what is in it, vendor by vendor, what stands in the way of ordering it, and its few changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core.errors import Invalid, Refusal
from aqad.core.views import find
from aqad.core.web import Page, is_ours
from aqad.retailers.models import Retailer
from catalog.models import Product
from catalog.querysets import products_on_sale
from orders.actions import cart
from orders.api.bodies import CartQuantity
from orders.carts import cart_now
from orders.pricing import Part, PricedCart, PricedLine
from orders.querysets import products_to_take_out
from orders.web.words import problem_words

# The part of the page that changes with a quantity, as htmx names it.
LIVE_PART = "cart"


@dataclass(slots=True)
class Row:
    """A line as the page shows it, with the address of a small picture; `typed` and `wrong` when its new quantity was refused."""

    line: PricedLine
    picture: str
    problem: str
    typed: str | None = None
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    part: Part
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Shown:
    priced: PricedCart
    groups: list[Group]

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def to_mend(self) -> int:
        """How many lines cannot be ordered as they stand."""
        return sum(row.line.problem is not None for row in self.rows)


def shown_cart(retailer: Retailer) -> Shown:
    now = cart_now(retailer)
    return Shown(now.priced, [Group(part, [_row(line, now.on_sale) for line in part.lines]) for part in now.priced.parts])


class CartPage(Page):
    roles = {"*": ("retailer",)}

    def retrieve(self, request: Request) -> HttpResponse:
        return self.show("orders/cart.html", cart=shown_cart(self._retailer))

    def put_in(self, request: Request, reference: str) -> HttpResponseBase:
        """Let the cart hold so many of a product. A product's own page says by `next` where to go afterwards."""
        product = find(products_on_sale(), Product.PREFIX, reference)
        return self.attempt(lambda: self._put_in(product), otherwise=lambda refusal: self._again(product, refusal))

    def remove(self, request: Request, reference: str) -> HttpResponse:
        product = find(products_to_take_out(self._retailer), Product.PREFIX, reference)
        cart.take_out(self._retailer, product)
        self.say(_("%(product)s is no longer in your cart.") % {"product": product.name})
        return self.go_back(reverse("orders:cart"))

    def empty(self, request: Request) -> HttpResponse:
        cart.clear(self._retailer)
        self.say(_("Your cart is empty."))
        return self.go(reverse("orders:cart"))

    @property
    def _retailer(self) -> Retailer:
        retailer: Retailer = self.actor.company.retailer
        return retailer

    @property
    def _is_live(self) -> bool:
        return getattr(self.web.htmx, "target", None) == LIVE_PART  # type: ignore[attr-defined]

    def _put_in(self, product: Product) -> HttpResponse:
        quantity = self.read_form(CartQuantity)["quantity"]
        cart.put_in(self._retailer, product, quantity)
        if self._is_live:
            return self.show("orders/_cart.html", cart=shown_cart(self._retailer))
        self.say(_("%(quantity)s of %(product)s are in your cart.") % {"quantity": quantity, "product": product.name})
        return self.go_back(reverse("orders:cart"))

    def _again(self, product: Product, refusal: Refusal) -> HttpResponse:
        """What was typed stays in its line; on another page the refusal is said there."""
        if is_ours(str(self.sent.get("next", "")), self.web):
            self.say(refusal.message, good=False)
            return self.go_back(reverse("orders:cart"))
        shown = shown_cart(self._retailer)
        for row in shown.rows:
            if row.line.product.pk == product.pk:
                row.typed = str(self.sent.get("quantity", ""))
                row.wrong = [str(word) for word in refusal.errors.get("quantity", [])] if isinstance(refusal, Invalid) else []
        return self.show_again("orders/_cart.html" if self._is_live else "orders/cart.html", refusal, cart=shown)


def _row(line: PricedLine, on_sale: Mapping[str, dict[str, Any]]) -> Row:
    pictures = on_sale[line.product.reference]["images"] if line.can_be_bought else []
    return Row(line, pictures[0]["thumbnail"] if pictures else "", problem_words(line))
