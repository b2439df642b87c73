"""The steps of an order's life as a person takes them: a button each, back to where it stood, with a note of what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core.bodies import EmptyBody, ReasonBody
from aqad.core.errors import Refusal
from aqad.core.idempotency import Answer
from aqad.core.views import find
from aqad.core.web import Page
from orders.actions import life
from orders.api.bodies import OptionalReason
from orders.models import Order
from orders.querysets import visible_to
from orders.web.reordering import put_back


class OrderStepPage(Page):
    """Each form may say by `next` where to go afterwards; a refusal is said there too, in words."""

    roles = {"*": ("vendor",), "cancel": ("retailer",), "reorder": ("retailer",)}

    def accept(self, request: Request, reference: str) -> HttpResponseBase:
        done = _("%(order)s is accepted. Pack the goods, then say that they are ready.")
        return self._step(reference, EmptyBody, lambda order: life.accept(order.pk, actor=self.actor), done)

    def reject(self, request: Request, reference: str) -> HttpResponseBase:
        done = _("%(order)s is rejected. Its stock is free again, and money that was taken goes back.")
        return self._step(reference, ReasonBody, lambda order, reason: life.reject(order.pk, reason=reason, actor=self.actor), done)

    def ready(self, request: Request, reference: str) -> HttpResponseBase:
        done = _("%(order)s is ready and waits for its driver.")
        return self._step(reference, EmptyBody, lambda order: life.make_ready(order.pk, actor=self.actor), done)

    def cancel(self, request: Request, reference: str) -> HttpResponseBase:
        done = _("%(order)s is cancelled. Money that was taken goes back.")
        return self._step(reference, OptionalReason, lambda order, reason="": life.cancel(order.pk, reason=reason, actor=self.actor), done)

    def reorder(self, request: Request, reference: str) -> HttpResponseBase:
        order = self._find(reference)
        return put_back(self, [order], otherwise=_address_of(order))

    def _step(self, reference: str, body: type[Any], step: Callable[..., Order], done: str) -> HttpResponseBase:
        order = self._find(reference)

        def work() -> HttpResponse:
            values = self.read_form(body)

            def take() -> Answer:
                step(order, **values)
                return Answer(200)

            self.once(take)
            self.say(done % {"order": order.reference})
            return self.go_back(_address_of(order))

        def refuse(refusal: Refusal) -> HttpResponse:
            self.say(refusal.message, good=False)
            return self.go_back(_address_of(order))

        return self.attempt(work, otherwise=refuse)

    def _find(self, reference: str) -> Order:
        order: Order = find(visible_to(self.actor), Order.PREFIX, reference)
        return order


def _address_of(order: Order) -> str:
    return reverse("orders:order", args=[order.reference])
