"""A payment as the API shows it, and the body of a refund."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aqad.accounts.api.proof import ProofBody
from aqad.core import money
from aqad.core.fields import REASON_LENGTH, MoneyField, StrictSerializer, TextField
from payments.models import Payment
from payments.statuses import AttemptStatus, Method, PaymentStatus, RefundStatus

LARGEST_AMOUNT = Decimal("999999999999.99")


class MoneyText(serializers.CharField):
    """`"5040.00"`."""

    def to_representation(self, value: Any) -> str:
        return money.text(value)


class AttemptShown(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=AttemptStatus.choices)
    at = serializers.DateTimeField(source="created_at")
    decline_code = serializers.CharField()


class RefundShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RefundStatus.choices)
    amount = MoneyText()
    reason = serializers.CharField()
    at = serializers.DateTimeField(source="created_at")


class PaymentShown(serializers.Serializer[Any]):
    """Best of rows from `querysets.in_full`; other rows are completed by queries of their own."""

    id = serializers.CharField(source="reference")
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    method = serializers.ChoiceField(choices=Method.choices)
    amount = MoneyText()
    amount_paid = MoneyText()
    amount_refunded = MoneyText()
    currency = serializers.SerializerMethodField()
    orders = serializers.SerializerMethodField()
    attempts = AttemptShown(many=True, source="attempts.all")
    refunds = RefundShown(many=True, source="refunds.all")
    redirect_url = serializers.SerializerMethodField()
    pay_by = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_currency(self, payment: Payment) -> str:
        return money.CURRENCY

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_orders(self, payment: Payment) -> list[str]:
        return sorted((order.reference for order in payment.orders.all()), key=lambda reference: (len(reference), reference))

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_redirect_url(self, payment: Payment) -> str | None:
        """Where the payer approves at the bank; null unless the payment waits for that."""
        return next((attempt.redirect_url for attempt in payment.attempts.all() if attempt.is_live and attempt.redirect_url), None)


class RefundAsked(StrictSerializer):
    amount = MoneyField(max_value=LARGEST_AMOUNT)
    reason = TextField(max_length=REASON_LENGTH, multiline=True)


class RefundWithProof(ProofBody, RefundAsked):
    """As the API reads it; the back office leads to a page that asks for the code."""


class WebhookTaken(serializers.Serializer[Any]):
    received = serializers.BooleanField()
