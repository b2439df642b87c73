"""Placing orders: priced from the catalogue, copied, put on record, reserved last. All within one locked transaction (DESIGN.md 6).

The number of statements does not grow with the lines, beyond one per product for the reservation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import compose, rows_of
from aqad.audit.models import Event
from aqad.core import clock, money, writing
from aqad.core.actor import Actor
from aqad.core.errors import FieldErrors, Invalid, Words
from aqad.core.fields import LARGEST_QUANTITY
from aqad.core.prepared import Prepared
from aqad.retailers.models import Address, Retailer
from catalog.actions import stock
from catalog.actions.stock import StockLine
from catalog.models import Product
from catalog.querysets import products_on_sale
from orders.actions.locking import lock_cart
from orders.actions.settling import acceptance_window
from orders.errors import PriceChanged, TooManyUnpaidOrders
from orders.models import Order, OrderLine
from orders.pricing import Part, PricedLine, quantity_problem, split_by_vendor
from orders.querysets import unpaid_of
from orders.statuses import CartProblem, OrderStatus
from payments.actions import owing
from payments.models import Payment
from payments.statuses import Method

MOST_LINES = 200
MOST_UNPAID = 20
LARGEST_TOTAL = Decimal("999999999999.99")
# All that an order asks of a product and of its vendor; any other column would be read by a statement of its own.
GOODS_READ = ("name", "price", "vat_rate", "unit", "pack_size", "min_order_quantity", "order_multiple")
VENDOR_READ = ("vendor__minimum_order_value", "vendor__delivers_to", "vendor__company__name")


own_address = Prepared(
    lambda address_id, company_id: (
        Address.objects.filter(pk=address_id, retailer__company_id=company_id, removed_at=None)
        .select_related("retailer__company")
        .only(*Address.COPIED, "retailer__company__name")
    )
)
goods_on_sale = Prepared(
    lambda ids: products_on_sale().filter(pk__in=ids).select_related("vendor__company").only(*GOODS_READ, *VENDOR_READ)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of the product with this number (`P1001` → 1001)."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How a purchase is paid and where it goes. `expected_total` is what the buyer was shown, in AED with VAT."""

    address_id: int
    payment_method: str
    notes: str = ""
    expected_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was placed, with all orders' lines, in the order in which they were wanted."""

    orders: list[Order]
    payment: Payment
    lines: list[OrderLine]


def place_order(wanted: Sequence[Wanted], terms: Terms, *, actor: Actor) -> Purchase:
    """Order goods of one vendor; repeated products are added up. A card order waits for its money, a cash order for its vendor.

    Raises Invalid naming each field (not for sale, several vendors, quantities, the vendor's minimum and emirates, the address),
    PriceChanged, TooManyUnpaidOrders, InsufficientStock.
    """
    with transaction.atomic(savepoint=False):
        address = own_address.first(terms.address_id, actor.company_id)
        if address is not None and terms.payment_method == Method.CARD:
            lock_cart(address.retailer)
        parts = split_by_vendor(_price(wanted))
        if len(parts) > 1:
            raise Invalid({"items": [_("An order holds goods of one vendor; use the cart to order from several at once.")]})
        return _place(address, parts, terms, actor=actor)


def check_out(terms: Terms, *, actor: Actor) -> Purchase:
    """Turn the cart into one order per vendor under one payment, all or nothing, and empty it. Raises like `place_order`."""
    with transaction.atomic(savepoint=False):
        address = own_address.first(terms.address_id, actor.company_id)
        cart = lock_cart(Retailer.objects.get(company=actor.company))
        lines = _price([Wanted(item.product_id, item.quantity) for item in cart.items.order_by("added_at", "pk")])
        purchase = _place(address, split_by_vendor(lines), terms, actor=actor)
        cart.items.all().delete()
    return purchase


def add_up(wanted: Sequence[Wanted]) -> dict[int, int]:
    """How many units of each product, in the order in which they were wanted first."""
    quantities: dict[int, int] = {}
    for item in wanted:
        quantities[item.product_id] = quantities.get(item.product_id, 0) + item.quantity
    return quantities


def _place(address: Address | None, parts: Sequence[Part], terms: Terms, *, actor: Actor) -> Purchase:
    to, total = _check_terms(address, parts), money.total(part.total for part in parts)
    if total > LARGEST_TOTAL:
        raise Invalid({"items": [_("This is more than one purchase can hold: at most %(most)s AED.") % {"most": LARGEST_TOTAL}]})
    if terms.expected_total is not None and terms.expected_total != total:
        raise PriceChanged(total, [_shown(line) for part in parts for line in part.lines])
    is_card = terms.payment_method == Method.CARD
    if is_card and unpaid_of(to.retailer).count() + len(parts) > MOST_UNPAID:
        raise TooManyUnpaidOrders(MOST_UNPAID)
    numbers = writing.draw({Payment: 1, Order: len(parts), OrderLine: sum(len(part.lines) for part in parts), Event: 1 + len(parts)})
    pay_by = clock.now() + timedelta(minutes=settings.PAYMENT_WINDOW_MINUTES) if is_card else None
    payer, [number] = to.retailer.company, numbers[Payment]
    payment = owing.compose_payment(pk=number, payer=payer, method=terms.payment_method, amount=total, pay_by=pay_by)
    orders = _compose_orders(numbers[Order], parts, to, terms, payment, actor)
    lines = _compose_lines(numbers[OrderLine], orders, parts)
    opening, *steps = numbers[Event]
    events = [owing.compose_opening(payment, pk=opening, actor=actor), *_compose_steps(steps, orders, actor)]
    wanted = [StockLine(line.product_id, line.quantity, line.pk, line.order.reference) for line in lines]
    stock.reserve(wanted, beside=[payment, *orders, *lines, *rows_of(events, actor)], actor=actor)
    return Purchase(orders, payment, lines)


def _price(wanted: Sequence[Wanted]) -> list[PricedLine]:
    """The lines at today's prices, repeated products added up. Raises Invalid naming each line that cannot be ordered."""
    if not wanted:
        raise Invalid({"items": [_("There is nothing to order.")]})
    quantities = add_up(wanted)
    products = {product.pk: product for product in goods_on_sale.all(list(quantities))}
    wrong: FieldErrors = {}
    for position, item in enumerate(wanted):
        product, quantity = products.get(item.product_id), quantities[item.product_id]
        if product is None:
            wrong[f"items.{position}.product"] = [_("%(product)s is not for sale.") % {"product": f"{Product.PREFIX}{item.product_id}"}]
        elif words := _wrong_quantity(product, quantity):
            wrong[f"items.{position}.quantity"] = [words]
    if wrong:
        raise Invalid(wrong)
    return [PricedLine(products[product_id], quantity) for product_id, quantity in quantities.items()]


def _wrong_quantity(product: Product, quantity: int) -> Words | None:
    name = product.reference
    if quantity > LARGEST_QUANTITY:
        return _("At most %(most)s of %(product)s can be ordered at once.") % {"product": name, "most": LARGEST_QUANTITY}
    match quantity_problem(product, quantity):
        case CartProblem.BELOW_MINIMUM:
            return _("The minimum quantity of %(product)s is %(least)s.") % {"product": name, "least": product.min_order_quantity}
        case CartProblem.NOT_MULTIPLE:
            return _("%(product)s is sold in multiples of %(multiple)s.") % {"product": name, "multiple": product.order_multiple}
    return None


def _check_terms(address: Address | None, parts: Sequence[Part]) -> Address:
    """The address to deliver to. Raises Invalid where there is none, and for what the vendors do not agree to."""
    wrong: FieldErrors = {}
    if address is None:
        wrong["address"] = [_("There is no such address.")]
    for part in parts:
        vendor = part.vendor
        if address is not None and not vendor.delivers_into(address.emirate):
            where = {"vendor": vendor.company.name, "emirate": address.emirate, "emirates": ", ".join(vendor.delivers_to)}
            wrong.setdefault("address", []).append(_("%(vendor)s does not deliver to %(emirate)s, only to %(emirates)s.") % where)
        if part.shortfall > 0:
            figures = {"minimum": money.text(vendor.minimum_order_value), "missing": money.text(part.shortfall)}
            too_little = _("The minimum order value of %(vendor)s is %(minimum)s AED before VAT; %(missing)s AED are missing.")
            wrong.setdefault("items", []).append(too_little % {"vendor": vendor.company.name, **figures})
        if len(part.lines) > MOST_LINES:
            wrong.setdefault("items", []).append(_("An order holds at most %(most)s products.") % {"most": MOST_LINES})
    if wrong or address is None:
        raise Invalid(wrong)
    return address


def _compose_orders(
    numbers: Sequence[int], parts: Sequence[Part], to: Address, terms: Terms, payment: Payment, actor: Actor
) -> list[Order]:
    now, is_card = clock.now(), payment.method == Method.CARD
    return [
        Order(
            pk=number,
            retailer=to.retailer,
            vendor=part.vendor,
            payment=payment,
            placed_by=actor.user,
            status=OrderStatus.PENDING_PAYMENT if is_card else OrderStatus.PENDING,
            retailer_name=to.retailer.company.name,
            vendor_name=part.vendor.company.name,
            subtotal=part.subtotal,
            vat=part.vat,
            total=part.total,
            address=to.as_copy(),
            notes=terms.notes,
            created_at=now,
            updated_at=now,
            released_at=None if is_card else now,
            accept_by=None if is_card else now + acceptance_window(),
        )
        for number, part in zip(numbers, parts, strict=True)
    ]


def _compose_lines(numbers: Sequence[int], orders: Sequence[Order], parts: Sequence[Part]) -> list[OrderLine]:
    wanted = [(order, line) for order, part in zip(orders, parts, strict=True) for line in part.lines]
    return [
        OrderLine(
            pk=number,
            order=order,
            product=line.product,
            name=line.product.name,
            unit=line.product.unit,
            pack_size=line.product.pack_size,
            quantity=line.quantity,
            unit_price=line.product.price,
            vat_rate=line.product.vat_rate,
            line_total=line.total,
            vat=line.vat,
        )
        for number, (order, line) in zip(numbers, wanted, strict=True)
    ]


def _compose_steps(numbers: Sequence[int], orders: Sequence[Order], actor: Actor) -> list[Event]:
    return [
        compose(
            "orders.placed", order, actor, pk=number, after=order.status, payment=order.payment.reference, total=money.text(order.total)
        )
        for number, order in zip(numbers, orders, strict=True)
    ]


def _shown(line: PricedLine) -> dict[str, Any]:
    """A line as an order would hold it."""
    product = line.product
    return {
        "product": product.reference,
        "name": product.name,
        "unit": product.unit,
        "pack_size": product.pack_size,
        "quantity": line.quantity,
        "unit_price": money.text(product.price),
        "vat_rate": money.text(product.vat_rate),
        "line_total": money.text(line.total),
    }
