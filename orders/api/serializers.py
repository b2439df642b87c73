"""What orders' doors answer: each shape once as a serializer, for the published document, and once as the function that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from aqad.audit.models import Event
from aqad.core import money
from aqad.core.actor import Actor
from aqad.retailers.models import Retailer
from catalog.api.serializers import ProductShown
from catalog.models import Product
from orders.actions.placing import Purchase
from orders.actions.reordering import Changed, Reordered, Skipped
from orders.models import Order, OrderLine
from orders.pricing import Part, PricedCart, PricedLine
from orders.querysets import by_order, deliveries_of, lines_of
from orders.statuses import PHONES_SHOWN, CartProblem, OrderStatus
from payments.api.serializers import PaymentShown
from payments.statuses import Method, PaymentStatus
from vendors.models import Vendor


class CompanyNamed(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class OrderLineShown(serializers.Serializer[Any]):
    product = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    pack_size = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.CharField(help_text="AED before VAT")
    vat_rate = serializers.CharField(help_text="Per cent")
    line_total = serializers.CharField(help_text="AED before VAT")


class AddressCopy(serializers.Serializer[Any]):
    """As it was when the order was placed. The vendor sees the phone from `ready` on."""

    label = serializers.CharField()  # type: ignore[assignment]
    line1 = serializers.CharField()
    area = serializers.CharField()
    emirate = serializers.CharField()
    landmark = serializers.CharField()
    phone = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class OrderPaymentShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    method = serializers.ChoiceField(choices=Method.choices)
    status = serializers.ChoiceField(choices=PaymentStatus.choices)


class OrderDeliveryShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    status = serializers.CharField()


class OrderShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    reason = serializers.CharField()
    retailer = CompanyNamed()
    vendor = CompanyNamed()
    items = OrderLineShown(many=True)
    subtotal = serializers.CharField(help_text="AED")
    vat = serializers.CharField(help_text="AED")
    total = serializers.CharField(help_text="AED")
    currency = serializers.CharField()
    address = AddressCopy()
    notes = serializers.CharField()
    payment = OrderPaymentShown()
    delivery = OrderDeliveryShown(allow_null=True)
    created_at = serializers.DateTimeField()
    accept_by = serializers.DateTimeField(allow_null=True)


class PurchaseShown(serializers.Serializer[Any]):
    orders = OrderShown(many=True)
    payment = PaymentShown()


class PaymentDeclinedShown(serializers.Serializer[Any]):
    """The bank said no: the orders have failed and their stock is free again."""

    success = serializers.BooleanField()
    code = serializers.CharField()
    message = serializers.CharField()
    payment = PaymentShown()
    orders = OrderShown(many=True)


class OrderStepShown(serializers.Serializer[Any]):
    verb = serializers.CharField()
    actor = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class OrderHistory(serializers.Serializer[Any]):
    results = OrderStepShown(many=True)


class CartLineShown(serializers.Serializer[Any]):
    product = ProductShown(help_text="Of what is `unavailable` only id, name and vendor are filled.")
    quantity = serializers.IntegerField()
    line_total = serializers.CharField(help_text="AED before VAT")
    problem = serializers.ChoiceField(choices=CartProblem.choices, allow_null=True)


class CartVendorShown(serializers.Serializer[Any]):
    vendor = CompanyNamed()
    subtotal = serializers.CharField()
    minimum_order_value = serializers.CharField()
    shortfall = serializers.CharField(help_text="AED missing to the vendor's minimum")


class CartShown(serializers.Serializer[Any]):
    """Lines that are `unavailable` cost nothing."""

    items = CartLineShown(many=True)
    vendors = CartVendorShown(many=True)
    subtotal = serializers.CharField()
    vat = serializers.CharField()
    total = serializers.CharField()


class SkippedShown(serializers.Serializer[Any]):
    product = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=CartProblem.choices)


class ChangedShown(serializers.Serializer[Any]):
    product = serializers.CharField()
    name = serializers.CharField()
    old_price = serializers.CharField()
    price = serializers.CharField()


class ReorderedShown(CartShown):
    skipped = SkippedShown(many=True)
    changed = ChangedShown(many=True)


def show_orders(orders: Sequence[Order], actor: Actor) -> list[dict[str, Any]]:
    """Orders with their payments loaded, as this actor may see them; their lines and deliveries are read here, in one query each."""
    numbers = [order.pk for order in orders]
    lines, deliveries = by_order(lines_of.all(numbers)), by_order(deliveries_of.all(numbers))
    return [_show_order(order, lines[order.pk], _show_delivery(deliveries[order.pk]), actor) for order in orders]


def show_placed(purchase: Purchase, actor: Actor) -> list[dict[str, Any]]:
    """The orders of a purchase that was just placed; nothing has to be read again."""
    return [_show_order(order, [line for line in purchase.lines if line.order is order], None, actor) for order in purchase.orders]


def _show_order(order: Order, lines: Iterable[OrderLine], delivery: dict[str, Any] | None, actor: Actor) -> dict[str, Any]:
    return {
        "id": order.reference,
        "status": order.status,
        "reason": order.reason,
        "retailer": {"id": f"{Retailer.PREFIX}{order.retailer_id}", "name": order.retailer_name},
        "vendor": {"id": f"{Vendor.PREFIX}{order.vendor_id}", "name": order.vendor_name},
        "items": [_show_line(line) for line in sorted(lines, key=lambda line: line.pk)],
        "subtotal": money.text(order.subtotal),
        "vat": money.text(order.vat),
        "total": money.text(order.total),
        "currency": money.CURRENCY,
        "address": address_for(order, actor),
        "notes": order.notes,
        "payment": {"id": order.payment.reference, "method": order.payment.method, "status": order.payment.status},
        "delivery": delivery,
        "created_at": moment(order.created_at),
        "accept_by": moment(order.accept_by),
    }


def address_for(order: Order, actor: Actor) -> dict[str, Any]:
    """Where it goes, as this actor may know it."""
    if actor.role == "vendor" and order.status not in PHONES_SHOWN:
        return {**order.address, "phone": ""}
    return dict(order.address)


def delivery_of(deliveries: Iterable[Any]) -> Any:
    """The one of an order's deliveries that is not cancelled, if there is one."""
    live = [delivery for delivery in deliveries if delivery.status != "cancelled"]
    return max(live, key=lambda delivery: delivery.pk, default=None)


def show_history(steps: Iterable[Event]) -> dict[str, Any]:
    return {"results": [{"verb": step.short_verb, "actor": step.actor, "text": step.text, "at": moment(step.at)} for step in steps]}


def show_cart(cart: PricedCart, on_sale: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """`on_sale` holds the products that can be bought, by reference, as the catalogue shows them."""
    return {
        "items": [_show_cart_line(line, on_sale) for line in cart.lines],
        "vendors": [_show_part(part) for part in cart.parts],
        "subtotal": money.text(cart.subtotal),
        "vat": money.text(cart.vat),
        "total": money.text(cart.total),
    }


def show_outcome(outcome: Reordered) -> dict[str, Any]:
    return {
        "skipped": [_show_skipped(skipped) for skipped in outcome.skipped],
        "changed": [_show_changed(changed) for changed in outcome.changed],
    }


def _show_line(line: OrderLine) -> dict[str, Any]:
    return {
        "product": f"{Product.PREFIX}{line.product_id}",
        "name": line.name,
        "unit": line.unit,
        "pack_size": line.pack_size,
        "quantity": line.quantity,
        "unit_price": money.text(line.unit_price),
        "vat_rate": money.text(line.vat_rate),
        "line_total": money.text(line.line_total),
    }


def _show_delivery(deliveries: Iterable[Any]) -> dict[str, Any] | None:
    delivery = delivery_of(deliveries)
    return None if delivery is None else {"id": delivery.reference, "status": delivery.status}


def _show_cart_line(line: PricedLine, on_sale: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "product": on_sale.get(line.product.reference) or _show_what_is_gone(line.product),
        "quantity": line.quantity,
        "line_total": money.text(line.total if line.can_be_bought else money.ZERO),
        "problem": line.problem,
    }


def _show_what_is_gone(product: Product) -> dict[str, Any]:
    """In the catalogue's shape, but holding only what the retailer knew it by: the rest is its vendor's own again."""
    gone: dict[str, Any] = dict.fromkeys(ProductShown().fields)
    known = {"id": product.reference, "name": product.name, "vendor": _show_vendor(product.vendor), "currency": money.CURRENCY}
    return {**gone, **known, "quantity": 0, "in_stock": False, "images": []}


def _show_part(part: Part) -> dict[str, Any]:
    return {
        "vendor": _show_vendor(part.vendor),
        "subtotal": money.text(part.subtotal),
        "minimum_order_value": money.text(part.vendor.minimum_order_value),
        "shortfall": money.text(part.shortfall),
    }


def _show_vendor(vendor: Vendor) -> dict[str, Any]:
    return {"id": vendor.reference, "name": vendor.company.name}


def _show_skipped(skipped: Skipped) -> dict[str, Any]:
    line = skipped.line
    return {"product": f"{Product.PREFIX}{line.product_id}", "name": line.name, "quantity": line.quantity, "reason": skipped.why}


def _show_changed(changed: Changed) -> dict[str, Any]:
    line = changed.line
    return {
        "product": f"{Product.PREFIX}{line.product_id}",
        "name": line.name,
        "old_price": money.text(line.unit_price),
        "price": money.text(changed.price),
    }


def moment(value: datetime | None) -> str | None:
    return None if value is None else timezone.localtime(value).isoformat()
