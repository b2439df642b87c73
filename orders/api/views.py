"""Orders over HTTP: placing, reading, and each step of an order's life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.authentication import bearer_claims
from aqad.core import periods
from aqad.core.bodies import EmptyBody, ReasonBody
from aqad.core.idempotency import Answer, open_key, run_at_once
from aqad.core.schema import page_of
from aqad.core.views import Door, find, visitor_of
from orders.actions import life, placing
from orders.api.at_once import place_at_once
from orders.api.bodies import NewOrder, OptionalReason, order_of, plain_order
from orders.api.carts import put_back
from orders.api.serializers import OrderHistory, OrderShown, ReorderedShown, show_history, show_orders, show_placed
from orders.models import Order
from orders.querysets import history_of, newest, order_with_payment, visible_to, with_payment
from orders.statuses import OrderStatus

READERS = ("retailer", "vendor", "staff")


class OrderDoor(Door):
    roles = {
        "list": READERS,
        "retrieve": READERS,
        "history": READERS,
        "create": ("retailer",),
        "accept": ("vendor",),
        "reject": ("vendor",),
        "ready": ("vendor",),
        "cancel": ("retailer", "staff"),
        "reorder": ("retailer",),
    }

    @extend_schema(
        responses=page_of(OrderShown),
        parameters=[OpenApiParameter("status", str, enum=OrderStatus.values), *periods.PARAMETERS, *page_of.parameters],
    )
    def list(self, request: Request) -> Response:
        """The caller's orders, newest first; staff see all."""
        rows = newest(self.actor, request.query_params, with_payment)
        return self.page(rows, filters=("status", *periods.NAMES), show=lambda orders: show_orders(orders, self.actor))

    @extend_schema(responses=OrderShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        """One order; a vendor sees it from `pending` on."""
        order = find(visible_to(self.actor).select_related("payment"), Order.PREFIX, reference)
        return Response(show_orders([order], self.actor)[0])

    @extend_schema(responses=OrderHistory)
    def history(self, request: Request, reference: str) -> Response:
        """Every step of the order, oldest first."""
        return Response(show_history(history_of(self._find(reference))))

    @extend_schema(request=NewOrder, responses={201: OrderShown})
    def create(self, request: Request) -> Response:
        """Order goods of one vendor: stock is reserved for all lines or for none."""
        claims = bearer_claims(request.META)
        try:
            wanted, terms = plain_order(request.data) or order_of(self.read(NewOrder))
            key = None if claims is None else open_key(claims.user_id, request)
        except Exception:
            super().check_permissions(request)  # who may not order at all is told that first
            raise
        if claims is not None:
            placed = run_at_once(lambda: place_at_once(wanted, terms, claims=claims, visitor=visitor_of(request), key=key))
            if placed is not None:
                return placed
        super().check_permissions(request)
        return self.once(lambda: Answer(201, show_placed(placing.place_order(wanted, terms, actor=self.actor), self.actor)[0]))

    def perform_authentication(self, request: Request) -> None:
        if not self._is_left_to_the_order(request):
            super().perform_authentication(request)

    def check_permissions(self, request: Request) -> None:
        if not self._is_left_to_the_order(request):
            super().check_permissions(request)

    def _is_left_to_the_order(self, request: Request) -> bool:
        """Whether the statement that places an order asks who sends it, by a good token; `create` asks about whatever it leaves undone."""
        return self.action == "create" and bearer_claims(request.META) is not None

    @extend_schema(request=EmptyBody, responses=OrderShown)
    def accept(self, request: Request, reference: str) -> Response:
        """Take the order and prepare it."""
        return self._step(reference, EmptyBody, lambda order: life.accept(order.pk, actor=self.actor))

    @extend_schema(request=ReasonBody, responses=OrderShown)
    def reject(self, request: Request, reference: str) -> Response:
        """Turn the order down: stock returns, money taken is refunded."""
        return self._step(reference, ReasonBody, lambda order, reason: life.reject(order.pk, reason=reason, actor=self.actor))

    @extend_schema(request=EmptyBody, responses=OrderShown)
    def ready(self, request: Request, reference: str) -> Response:
        """The goods are packed and wait for the driver."""
        return self._step(reference, EmptyBody, lambda order: life.make_ready(order.pk, actor=self.actor))

    @extend_schema(request=OptionalReason, responses=OrderShown)
    def cancel(self, request: Request, reference: str) -> Response:
        """Call the order off: its retailer before it is accepted, staff (who must say why) until it is picked up."""
        body = ReasonBody if self.actor.is_staff else OptionalReason
        return self._step(reference, body, lambda order, reason="": life.cancel(order.pk, reason=reason, actor=self.actor))

    @extend_schema(request=EmptyBody, responses=ReorderedShown)
    def reorder(self, request: Request, reference: str) -> Response:
        """Put the order's lines back into the cart."""
        order = self._find(reference)
        self.read(EmptyBody)
        return self.once(lambda: put_back([order], self.actor.company.retailer))

    def _step(self, reference: str, body: type[Any], step: Callable[..., Order]) -> Response:
        order = self._find(reference)
        values = self.read(body)
        return self.once(lambda: Answer(200, self._shown(step(order, **values))))

    def _find(self, reference: str) -> Order:
        order: Order = find(visible_to(self.actor), Order.PREFIX, reference)
        return order

    def _shown(self, order: Order) -> dict[str, Any]:
        return show_orders(order_with_payment.all(order.pk), self.actor)[0]
