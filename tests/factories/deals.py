"""Orders in any state, with the payment, the stock and the ledger that belong to it. Rows only; no action is called."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from aqad.core import clock, money
from aqad.retailers.models import Retailer
from catalog.models import Product, Stock, StockMovement
from orders.models import Order, OrderLine
from orders.statuses import HOLDING_STOCK, OrderStatus
from payments.models import CashCollection, Payment, PaymentAttempt
from payments.statuses import AttemptStatus, Method, PaymentStatus

ADDRESS = {
    "label": "Main store",
    "line1": "Al Wasl Road 12",
    "area": "Al Wasl",
    "emirate": "Dubai",
    "landmark": "",
    "phone": "+971501112233",
    "latitude": None,
    "longitude": None,
}
PAYMENTS = {
    OrderStatus.PENDING_PAYMENT: PaymentStatus.UNPAID,
    OrderStatus.FAILED: PaymentStatus.FAILED,
    OrderStatus.CANCELLED: PaymentStatus.CANCELLED,
    OrderStatus.REJECTED: PaymentStatus.PAID,
}
OFF_THE_SHELF = frozenset({OrderStatus.PICKED_UP, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.COMPLETED})


def a_payment(
    retailer: Retailer, amount: Decimal, *, status: str = PaymentStatus.UNPAID, method: str = Method.CARD, **fields: Any
) -> Payment:
    """A paid card payment has the attempt that took the money."""
    is_paid = status == PaymentStatus.PAID
    payment = Payment.objects.create(
        payer=retailer.company,
        method=method,
        amount=amount,
        status=status,
        amount_paid=amount if is_paid else money.ZERO,
        gateway="sandbox" if method == Method.CARD else "",
        pay_by=clock.now() + timedelta(minutes=30) if method == Method.CARD else None,
        **fields,
    )
    if is_paid and method == Method.CARD:
        PaymentAttempt.objects.create(
            payment=payment,
            amount=amount,
            captured=amount,
            status=AttemptStatus.SUCCEEDED,
            token="tok_visa",
            gateway="sandbox",
            gateway_reference=f"ch_{uuid.uuid4().hex}",
            settled_at=clock.now(),
        )
    return payment


def an_order(
    retailer: Retailer,
    product: Product,
    *,
    quantity: int = 10,
    status: str = OrderStatus.PENDING,
    method: str = Method.CARD,
    payment: Payment | None = None,
    **fields: Any,
) -> Order:
    """An order of one line in `status`."""
    subtotal = money.line_total(product.price, quantity)
    vat = money.vat_on(subtotal, product.vat_rate)
    now = clock.now()
    released = None if status in {OrderStatus.PENDING_PAYMENT, OrderStatus.FAILED} else now
    if payment is None:
        of_card = PAYMENTS.get(OrderStatus(status), PaymentStatus.PAID)
        of_cash = PaymentStatus.PAID if status == OrderStatus.COMPLETED else PaymentStatus.UNPAID
        payment = a_payment(retailer, subtotal + vat, status=of_card if method == Method.CARD else of_cash, method=method)
    given = {"released_at": released, "accept_by": released and released + timedelta(hours=48), "address": ADDRESS, **fields}
    order = Order.objects.create(
        retailer=retailer,
        vendor=product.vendor,
        payment=payment,
        placed_by=retailer.company.memberships.earliest("pk").user,
        status=status,
        retailer_name=retailer.company.name,
        vendor_name=product.vendor.company.name,
        subtotal=subtotal,
        vat=vat,
        total=subtotal + vat,
        **given,
    )
    line = OrderLine.objects.create(
        order=order,
        product=product,
        name=product.name,
        unit=product.unit,
        pack_size=product.pack_size,
        quantity=quantity,
        unit_price=product.price,
        vat_rate=product.vat_rate,
        line_total=subtotal,
        vat=vat,
    )
    _move_stock(line)
    if method == Method.CASH_ON_DELIVERY and status == OrderStatus.COMPLETED:
        CashCollection.objects.create(payment=payment, part=order.reference, amount=order.total, collected_by="User 1")
    return order


def _move_stock(line: OrderLine) -> None:
    stock = Stock.objects.filter(product=line.product)
    known = {"product": line.product, "order": line.order.reference, "line": line.pk, "actor": "System tests"}
    StockMovement.objects.create(kind="reserved", reserved_change=line.quantity, **known)
    if line.order.status in HOLDING_STOCK:
        stock.update(reserved=F("reserved") + line.quantity)
    elif line.order.status in OFF_THE_SHELF:
        stock.update(on_hand=F("on_hand") - line.quantity)
        StockMovement.objects.create(kind="dispatched", on_hand_change=-line.quantity, reserved_change=-line.quantity, **known)
    elif line.order.status == OrderStatus.RETURNED:
        StockMovement.objects.create(kind="dispatched", on_hand_change=-line.quantity, reserved_change=-line.quantity, **known)
        StockMovement.objects.create(kind="returned", on_hand_change=line.quantity, **known)
    else:
        StockMovement.objects.create(kind="released", reserved_change=-line.quantity, **known)
