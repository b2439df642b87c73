"""Ordering the same again from a page: the goods go into the cart, and what did not go as before is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from aqad.core.idempotency import Answer
from aqad.core.web import Page
from orders.actions.reordering import reorder
from orders.api.serializers import show_outcome
from orders.models import Order
from orders.statuses import CartProblem

MOST_NAMED = 8


def put_back(page: Page, orders: Sequence[Order], *, otherwise: str) -> HttpResponseBase:
    """Fill the cart with the goods of these orders and go there; when it cannot hold them, say so and go to `otherwise`."""

    def work() -> HttpResponse:
        answer = page.once(lambda: Answer(200, show_outcome(reorder(orders, retailer=page.actor.company.retailer))))
        _tell(page, answer.data)
        return page.go_back(reverse("orders:cart"))

    def refuse(refusal: Any) -> HttpResponse:
        page.say(refusal.message, good=False)
        return page.go(otherwise)

    return page.attempt(work, otherwise=refuse)


def _tell(page: Page, outcome: dict[str, Any]) -> None:
    page.say(_("The goods are in your cart again, as far as they can be had."))
    if skipped := outcome["skipped"]:
        named = [f"{line['name']} ({CartProblem(line['reason']).label})" for line in skipped]
        page.say(_("Left out: %(products)s.") % {"products": _few(named)}, good=False)
    if changed := outcome["changed"]:
        named = [
            _("%(product)s costs AED %(price)s instead of AED %(old)s")
            % {"product": line["name"], "price": line["price"], "old": line["old_price"]}
            for line in changed
        ]
        page.say(_("Other prices: %(products)s.") % {"products": _few(named)}, good=False)


def _few(named: list[str]) -> str:
    shown = ", ".join(named[:MOST_NAMED])
    more = len(named) - MOST_NAMED
    return _("%(shown)s and %(more)s more") % {"shown": shown, "more": more} if more > 0 else shown
