"""Purchases over HTTP: checking out the cart, and the doors to a payment whose answers name its orders."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.core import idempotency
from aqad.core.bodies import EmptyBody
from aqad.core.errors import PaymentDeclined
from aqad.core.idempotency import Answer
from aqad.core.views import Door, find
from orders.actions import placing
from orders.api.bodies import PaymentConfirmation, PurchaseTerms, terms_of
from orders.api.carts import put_back
from orders.api.confirming import ConfirmingDoor
from orders.api.serializers import PaymentDeclinedShown, PurchaseShown, ReorderedShown, show_orders, show_placed
from orders.models import Order
from orders.querysets import orders_of_payment
from payments.actions import paying
from payments.api.serializers import PaymentShown
from payments.models import Payment
from payments.querysets import visible_to


class CheckoutDoor(Door):
    roles = {"*": ("retailer",)}

    @extend_schema(request=PurchaseTerms, responses={201: PurchaseShown})
    def create(self, request: Request) -> Response:
        """Turn the cart into one order per vendor under one payment, all or nothing."""
        terms = terms_of(self.read(PurchaseTerms))
        return self.once(lambda: self._check_out(terms))

    def _check_out(self, terms: placing.Terms) -> Answer:
        purchase = placing.check_out(terms, actor=self.actor)
        return Answer(201, {"orders": show_placed(purchase, self.actor), "payment": PaymentShown(purchase.payment).data})


class PurchaseDoor(ConfirmingDoor):
    roles = {"*": ("retailer",)}

    @extend_schema(
        request=PaymentConfirmation, responses={200: PaymentShown, 202: PaymentShown, 402: PaymentDeclinedShown}, tags=["payments"]
    )
    def confirm(self, request: Request, reference: str) -> Response:
        """Try to take the money: 200 paid, 202 to be approved at `redirect_url` or under way, 402 declined and the orders failed."""
        payment = find(visible_to(self.actor), Payment.PREFIX, reference)
        token = self.read(PaymentConfirmation)["token"]
        confirmed = paying.confirm(
            payment.pk, token=token, actor=self.actor, claim=lambda: idempotency.take(self.actor, request), render=self._answer
        )
        return confirmed.as_response()

    @extend_schema(request=EmptyBody, responses=ReorderedShown, tags=["payments"])
    def reorder(self, request: Request, reference: str) -> Response:
        """Put the lines of all orders of a payment back into the cart."""
        payment = find(visible_to(self.actor), Payment.PREFIX, reference)
        self.read(EmptyBody)
        return self.once(lambda: put_back(list(Order.objects.filter(payment=payment)), self.actor.company.retailer))

    def _answer(self, payment: Payment) -> Answer:
        status, shown = paying.http_status(payment), PaymentShown(payment).data
        if status != 402:
            return Answer(status, shown)
        refusal = {"success": False, "code": PaymentDeclined.code, "message": _("The payment was declined.")}
        return Answer(status, {**refusal, "payment": shown, "orders": _orders_of(payment, self)})


def _orders_of(payment: Payment, door: Door) -> list[dict[str, Any]]:
    return show_orders(orders_of_payment.all(payment.pk), door.actor)
