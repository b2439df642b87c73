"""Checking out: where to, how it is paid, once more what it costs; then one order per vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from aqad.core import money
from aqad.core.errors import Invalid, Refusal
from aqad.core.idempotency import Answer
from aqad.core.web import Page
from aqad.retailers.models import Address
from aqad.retailers.querysets import addresses_visible_to
from orders.actions import placing
from orders.api.bodies import PurchaseTerms, terms_of
from orders.models import Order
from orders.web.cart_views import Shown, shown_cart
from orders.web.seen import as_seen, changes_since
from payments.models import Payment
from payments.statuses import Method

LONGEST_SEEN = 100_000


class CheckoutForm(PurchaseTerms):
    """`seen` is what the page showed of the cart; it decides nothing."""

    seen = serializers.CharField(max_length=LONGEST_SEEN, required=False, allow_blank=True)


@dataclass(frozen=True, slots=True)
class Place:
    """An address to choose; `not_served_by` names the vendors in the cart that do not deliver there."""

    address: Address
    not_served_by: list[str]
    is_chosen: bool


class CheckoutPage(Page):
    roles = {"*": ("retailer",)}

    def retrieve(self, request: Request) -> HttpResponse:
        cart = self._cart()
        return self.show("orders/checkout.html", **self._context(cart)) if cart.priced.can_be_ordered else self._to_cart(cart)

    def place(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._place, otherwise=self._again)

    def _place(self) -> HttpResponse:
        terms = terms_of(self.read_form(CheckoutForm))
        done = self.once(lambda: self._check_out(terms)).data
        self.say(done["said"])
        return self.go(done["next"])

    def _check_out(self, terms: placing.Terms) -> Answer:
        purchase = placing.check_out(terms, actor=self.actor)
        return Answer(201, {"next": _next_page(purchase.payment, purchase.orders), "said": _said(purchase.orders)})

    def _again(self, refusal: Refusal) -> HttpResponse:
        cart = self._cart()
        if not cart.groups:
            return self._to_cart(cart)
        wrong = refusal.errors if isinstance(refusal, Invalid) else {}
        about_goods = [word for name, words in wrong.items() if name.startswith("items") for word in words]
        changes = changes_since(str(self.sent.get("seen", "")), cart.priced)
        return self.show_again("orders/checkout.html", refusal, about_goods=about_goods, changes=changes, **self._context(cart))

    def _to_cart(self, cart: Shown) -> HttpResponse:
        if cart.groups:
            self.say(_("Your cart cannot be ordered as it stands. See below what to change."), good=False)
        return self.go(reverse("orders:cart"))

    def _cart(self) -> Shown:
        return shown_cart(self.actor.company.retailer)

    def _context(self, cart: Shown) -> dict[str, Any]:
        return {
            "cart": cart,
            "expected_total": money.text(cart.priced.total),
            "seen": as_seen(cart.priced),
            "places": _places(list(addresses_visible_to(self.actor).order_by("-pk")), cart, chosen=str(self.sent.get("address", ""))),
            "methods": Method,
            "method": self.sent.get("payment_method") or Method.CARD,
        }


def _places(addresses: list[Address], cart: Shown, *, chosen: str) -> list[Place]:
    """The chosen one stays so; else the newest that every vendor delivers to."""
    vendors = [group.part.vendor for group in cart.groups]
    unserved = [[vendor.company.name for vendor in vendors if not vendor.delivers_into(address.emirate)] for address in addresses]
    first = next((address for address, names in zip(addresses, unserved, strict=True) if not names), None)
    wanted = chosen or (str(first.pk) if first else "")
    return [Place(address, names, str(address.pk) == wanted) for address, names in zip(addresses, unserved, strict=True)]


def _next_page(payment: Payment, orders: list[Order]) -> str:
    """A card is to be paid with now; cash waits for the door."""
    if not payment.is_cash:
        return reverse("orders:payment", args=[payment.reference])
    return reverse("orders:order", args=[orders[0].reference]) if len(orders) == 1 else reverse("orders:orders")


def _said(orders: list[Order]) -> str:
    references = ", ".join(order.reference for order in orders)
    return _("Ordered: %(orders)s. Thank you.") % {"orders": references}
