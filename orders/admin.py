"""Orders as they stand, with all that belongs to them; staff may call one off until it is picked up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aqad.audit.querysets import history_of
from aqad.core import money
from aqad.core.actor import Actor
from aqad.core.admin import ActionButtons, Button, FoundByReference, ReadOnlyState
from aqad.core.admin_shown import NOTHING, Row, Table, link_to, state_of
from aqad.core.bodies import ReasonBody
from orders.actions import life
from orders.models import Order
from orders.statuses import TRANSITIONS, OrderStatus

LONGEST_HISTORY = 100


def _cancel(order: Order, *, reason: str, actor: Actor) -> Order:
    return life.cancel(order.pk, reason=reason, actor=actor)


@admin.register(Order)
class OrderAdmin(FoundByReference, ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "cancel",
            _("Cancel order"),
            _cancel,
            done=_("The order is cancelled; stock and money go back."),
            asks=ReasonBody,
            is_offered=lambda order: OrderStatus.CANCELLED in TRANSITIONS[order.status],
            is_dangerous=True,
        ),
    )
    references = {"ORD": "pk", "R": "retailer", "V": "vendor", "PAY": "payment"}
    list_display = ("reference", "state", "bought_by", "sold_by", "total", "paid_how", "created_at", "accept_by")
    list_filter = ("status", "payment__method")
    list_select_related = ("payment",)
    search_fields = ("retailer_name", "vendor_name")
    search_help_text = _("Retailer, vendor, or a number (ORD1001, R2001, V1001, PAY1001)")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("reference", "state", "reason", "bought_by", "placed_by", "sold_by", "deliver_to", "notes")}),
        (_("Money (AED)"), {"fields": ("subtotal", "vat", "total")}),
        (_("Times"), {"fields": ("created_at", "released_at", "accept_by", "updated_at")}),
    )
    readonly_fields = ("reference", "state", "bought_by", "sold_by", "deliver_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment", "retailer", "vendor")

    @admin.display(description=_("order"), ordering="pk")
    def reference(self, order: Order) -> str:
        return order.reference

    @admin.display(description=_("status"), ordering="status")
    def state(self, order: Order) -> SafeString:
        return state_of(order)

    @admin.display(description=_("retailer"), ordering="retailer_name")
    def bought_by(self, order: Order) -> str | SafeString:
        return link_to(order.retailer, f"{order.retailer.reference} {order.retailer_name}")

    @admin.display(description=_("vendor"), ordering="vendor_name")
    def sold_by(self, order: Order) -> str | SafeString:
        return link_to(order.vendor, f"{order.vendor.reference} {order.vendor_name}")

    @admin.display(description=_("payment"))
    def paid_how(self, order: Order) -> str:
        return f"{order.payment.get_method_display()}, {order.payment.get_status_display()}"

    @admin.display(description=_("deliver to"))
    def deliver_to(self, order: Order) -> str | SafeString:
        names = ("label", "line1", "area", "emirate", "landmark", "phone")
        return format_html_join("\n", "{}<br>", ((order.address[name],) for name in names if order.address.get(name)))

    def page_context(self, request: HttpRequest, row: Order) -> dict[str, Any]:
        tables = [_lines_of(row), _payment_of(row), _deliveries_of(row)]
        events = history_of(row.reference).order_by("pk")[:LONGEST_HISTORY]
        return {**super().page_context(request, row), "tables": tables, "events": events}


def _lines_of(order: Order) -> Table:
    rows = [
        Row(
            [
                link_to(line.product, line.name),
                line.pack_size or NOTHING,
                f"{line.quantity} {line.unit}",
                money.text(line.unit_price),
                money.text(line.line_total),
                money.text(line.vat),
            ]
        )
        for line in order.lines.select_related("product").order_by("pk")
    ]
    return Table(_("Lines"), [_("Product"), _("Pack"), _("Quantity"), _("Price"), _("Net"), _("VAT")], rows)


def _payment_of(order: Order) -> Table:
    payment = order.payment
    amounts = [money.text(amount) for amount in (payment.amount, payment.amount_paid, payment.amount_refunded)]
    row = Row([link_to(payment), payment.get_method_display(), state_of(payment), *amounts])
    return Table(_("Payment"), [_("Payment"), _("Method"), _("Status"), _("Amount"), _("Paid"), _("Refunded")], [row])


def _deliveries_of(order: Order) -> Table:
    deliveries = order.deliveries.select_related("partner__company", "driver").order_by("pk")
    rows = [Row([link_to(one), state_of(one), one.partner.company.name, one.driver or NOTHING, one.updated_at]) for one in deliveries]
    return Table(_("Delivery"), [_("Delivery"), _("Status"), _("Partner"), _("Driver"), _("Changed")], rows)
