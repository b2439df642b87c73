"""The doors to payments. Confirming is the orders' door, since its answers name orders."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.api.proof import proved
from aqad.accounts.authentication import NoAuthentication
from aqad.core.actor import Actor
from aqad.core.errors import Malformed, NotFound
from aqad.core.idempotency import Answer
from aqad.core.limits import client_address
from aqad.core.middleware import request_id
from aqad.core.queries import read_choice
from aqad.core.schema import page_of
from aqad.core.views import ANYONE, Door, find
from payments.actions import owing, receiving, refunding
from payments.api.serializers import PaymentShown, RefundWithProof, WebhookTaken
from payments.gateways import registry
from payments.gateways.base import BadSignature
from payments.models import Payment
from payments.querysets import in_full, visible_to
from payments.statuses import PaymentStatus

WRONG_SIGNATURE = _("The signature of this message is wrong or too old.")


class PaymentDoor(Door):
    roles = {"*": ("retailer", "staff"), "refund": ("staff",)}

    @extend_schema(
        responses=page_of(PaymentShown),
        parameters=[OpenApiParameter("status", str, enum=PaymentStatus.values), *page_of.parameters],
    )
    def list(self, request: Request) -> Response:
        """Own payments, newest first; all of them for staff."""
        rows = in_full(visible_to(self.actor))
        status = read_choice(request.query_params, "status", PaymentStatus.values)
        if status is not None:
            rows = rows.filter(status=status)
        return self.page(rows, filters=("status",), show=lambda found: PaymentShown(found, many=True).data)

    @extend_schema(responses=PaymentShown)
    def retrieve(self, request: Request, reference: str) -> Response:
        """One payment with its attempts and refunds."""
        return Response(PaymentShown(find(in_full(visible_to(self.actor)), Payment.PREFIX, reference)).data)

    @extend_schema(request=RefundWithProof, responses=PaymentShown)
    def refund(self, request: Request, reference: str) -> Response:
        """Give back the whole or a part of what was taken."""
        payment = find(visible_to(self.actor), Payment.PREFIX, reference)
        body = proved(self, self.read(RefundWithProof))

        def work() -> Answer:
            locked = owing.lock_payment(payment.pk)
            refunding.request_refund(locked, amount=body["amount"], part="", reason=body["reason"], actor=self.actor)
            return Answer(200, PaymentShown(locked).data)

        return self.once(work)


class WebhookDoor(Door):
    """Where gateways tell that something happened. The raw bytes are signed; any order, any number of repeats."""

    roles = {"*": (ANYONE,)}
    authentication_classes = [NoAuthentication]

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT},
        responses=WebhookTaken,
        auth=[],
        parameters=[OpenApiParameter("gateway", str, OpenApiParameter.PATH, enum=["sandbox", "stripe"])],
    )
    def take(self, request: Request, gateway: str) -> Response:
        """A message of the gateway: 400 unless it is signed, else 200."""
        if not registry.is_known(gateway):
            raise NotFound
        if not registry.is_configured(gateway):
            raise Malformed(WRONG_SIGNATURE)
        try:
            message = registry.of(gateway).parse_webhook(request._request.body, request.headers)
        except BadSignature as error:
            raise Malformed(WRONG_SIGNATURE) from error
        if message is not None:
            receiving.receive(gateway, message, actor=_gateway_actor(request))
        return Response({"received": True})


def _gateway_actor(request: Any) -> Actor:
    return Actor(role="system", label="gateway", via="webhook", request_id=request_id(request), ip=client_address(request))
