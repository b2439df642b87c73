"""What a client sends to orders' doors."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.core.fields import (
    LARGEST_QUANTITY,
    NOTE_LENGTH,
    REASON_LENGTH,
    MoneyField,
    StrictSerializer,
    TextField,
    WholeNumberField,
    is_form,
)
from aqad.core.references import number_of
from catalog.models import Product
from orders.actions.placing import LARGEST_TOTAL, MOST_LINES, Terms, Wanted
from payments.statuses import Method

LARGEST_ID = 2**62
PLAIN, PLAIN_LINE = {"items", "address", "payment_method"}, {"product", "quantity"}
METHODS = [method.value for method in Method]


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


def plain_order(data: Any) -> tuple[list[Wanted], Terms] | None:
    """What a body says that says just the least, and each thing as it should be; None for every other, which NewOrder reads and judges.

    Most orders are sent so, and DRF's fields take longer to read one than the database to place it.
    """
    if type(data) is not dict or data.keys() != PLAIN or type(data["items"]) is not list or not 0 < len(data["items"]) <= MOST_LINES:
        return None
    address, method = data["address"], data["payment_method"]
    wanted = [_plain_line(item) for item in data["items"]]
    if not _is_between(address, LARGEST_ID) or method not in METHODS or None in wanted:
        return None
    return [line for line in wanted if line], Terms(address, method)


def _plain_line(item: Any) -> Wanted | None:
    if type(item) is not dict or item.keys() != PLAIN_LINE or type(item["product"]) is not str:
        return None
    number = number_of(item["product"], Product.PREFIX)
    return Wanted(number, item["quantity"]) if number is not None and _is_between(item["quantity"], LARGEST_QUANTITY) else None


def _is_between(value: Any, largest: int) -> bool:
    return type(value) is int and 1 <= value <= largest


def order_of(body: dict[str, Any]) -> tuple[list[Wanted], Terms]:
    return [Wanted(item["product"], item["quantity"]) for item in body["items"]], terms_of(body)


def terms_of(body: dict[str, Any]) -> Terms:
    return Terms(
        address_id=body["address"],
        payment_method=body["payment_method"],
        notes=body.get("notes", ""),
        expected_total=body.get("expected_total"),
    )
