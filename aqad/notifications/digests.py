"""A thing in short, as a mail shows it below its words: a few facts, the first lines, the sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aqad.notifications.subjects import Occasion
from aqad.notifications.words import address_of, aed
from orders.models import Order, OrderLine

LINES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """`10 × Pepsi 330ml`, the pack, and the price of the line before VAT where it is the reader's business."""

    quantity: int
    name: str
    pack: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """`more` is how many lines are not shown."""

    facts: Sequence[tuple[str, str]] = ()
    lines: Sequence[Line] = ()
    more: int = 0
    sums: Sequence[tuple[str, str]] = ()
    total: tuple[str, str] | None = None


def of_nothing(_occasion: Occasion) -> Digest:
    return Digest()


def of_purchase(occasion: Occasion) -> Digest:
    """An order as the shop sees it."""
    return _of_order(occasion, lambda order: (_("Vendor"), order.vendor_name))


def of_sale(occasion: Occasion) -> Digest:
    """An order as its vendor sees it."""
    return _of_order(occasion, lambda order: (_("Shop"), order.retailer_name))


def of_delivery(occasion: Occasion) -> Digest:
    """What a driver needs to know: no prices, but the cash to bring back."""
    delivery, order = occasion.delivery, occasion.order
    if delivery is None or order is None:
        return Digest()
    vendor = order.vendor
    pickup = ", ".join(part for part in (order.vendor_name, vendor.pickup_line1, vendor.pickup_area, vendor.pickup_emirate) if part)
    facts = [
        (_("Order"), order.reference),
        (_("Fetch from"), pickup),
        (_("Bring to"), f"{order.retailer_name}, {address_of(order)}"),
        (_("Driver"), delivery.driver.name if delivery.driver else _("not named yet")),
        (_("Cash to collect"), aed(order.total) if order.payment.is_cash else _("none, it is paid")),
    ]
    return Digest(facts, [_line(line) for line in occasion.lines[:LINES_SHOWN]], max(0, len(occasion.lines) - LINES_SHOWN))


def of_payment(occasion: Occasion) -> Digest:
    payment = occasion.payment
    if payment is None:
        return Digest()
    facts = [
        (_("Payment"), payment.reference),
        (_("For"), ", ".join(occasion.paid_for)),
        (_("Method"), str(payment.get_method_display())),
        (_("Status"), str(payment.get_status_display())),
    ]
    sums = [(_("Amount"), aed(payment.amount)), (_("Paid"), aed(payment.amount_paid)), (_("Refunded"), aed(payment.amount_refunded))]
    return Digest(facts, sums=sums)


def _of_order(occasion: Occasion, other_side: Callable[[Order], tuple[str, str]]) -> Digest:
    order = occasion.order
    if order is None:
        return Digest()
    facts = [
        (_("Order"), order.reference),
        other_side(order),
        (_("Deliver to"), address_of(order)),
        (_("Payment"), str(order.payment.get_method_display())),
    ]
    lines = [_line(line, aed(line.line_total)) for line in occasion.lines[:LINES_SHOWN]]
    sums = [(_("Subtotal"), aed(order.subtotal)), (_("VAT"), aed(order.vat))]
    total = (_("Total with VAT"), aed(order.total))
    return Digest(facts, lines, max(0, len(occasion.lines) - LINES_SHOWN), sums, total)


def _line(line: OrderLine, amount: str = "") -> Line:
    return Line(line.quantity, line.name, line.pack_size, amount)
