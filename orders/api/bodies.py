"""What a client sends to orders' doors."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.core.fields import NOTE_LENGTH, REASON_LENGTH, MoneyField, StrictSerializer, TextField, WholeNumberField, is_form
from aqad.core.references import number_of
from catalog.models import Product
from orders.actions.placing import LARGEST_TOTAL, MOST_LINES, Terms
from payments.statuses import Method

LARGEST_ID = 2**62


class ProductNumberField(serializers.CharField):
    """`P1001` → 1001. Whether it is for sale is asked for all lines at once."""

    default_error_messages = {"invalid": _("A reference such as P1001 is expected.")}

    def to_internal_value(self, data: Any) -> Any:
        number = number_of(data, Product.PREFIX) if isinstance(data, str) else None
        if number is None:
            self.fail("invalid")
        return number


class NewOrderLine(StrictSerializer):
    product = ProductNumberField()
    quantity = WholeNumberField()


class PurchaseTerms(StrictSerializer):
    address = WholeNumberField(max_value=LARGEST_ID)
    payment_method = serializers.ChoiceField(choices=[(method.value, method.label) for method in Method])
    notes = TextField(max_length=NOTE_LENGTH, multiline=True, required=False, allow_blank=True)
    expected_total = MoneyField(max_value=LARGEST_TOTAL, required=False)


class NewOrder(PurchaseTerms):
    """In a form, a line is written `items[0]product=P1001&items[0]quantity=5`."""

    items = serializers.ListField(child=NewOrderLine(), allow_empty=False, max_length=MOST_LINES)

    def _is_unwelcome(self, name: str) -> bool:
        return super()._is_unwelcome("items" if is_form(self) and name.startswith("items[") else name)


class CartQuantity(StrictSerializer):
    quantity = WholeNumberField()


class OptionalReason(StrictSerializer):
    """A retailer need not say why."""

    reason = TextField(max_length=REASON_LENGTH, multiline=True, required=False, allow_blank=True)


class PaymentConfirmation(StrictSerializer):
    token = TextField(max_length=255)


def terms_of(body: dict[str, Any]) -> Terms:
    return Terms(
        address_id=body["address"],
        payment_method=body["payment_method"],
        notes=body.get("notes", ""),
        expected_total=body.get("expected_total"),
    )
