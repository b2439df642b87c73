"""Locks in the one order that everybody keeps: idempotency key, cart, payment, orders by pk, delivery, stock by product."""

from __future__ import annotations

from django.db.models import QuerySet

from aqad.core.errors import NotFound
from aqad.core.prepared import Prepared
from aqad.retailers.models import Retailer
from orders.models import Cart, Order
from payments.actions import owing
from payments.models import Payment


def lock_cart(retailer: Retailer) -> Cart:
    """The retailer's cart, made if there is none yet, locked: the mutex of everything that the retailer places."""
    cart = locked_cart.first(retailer.pk)
    if cart is not None:
        return cart
    Cart.objects.get_or_create(retailer=retailer)
    return Cart.objects.select_for_update().get(pk=retailer.pk)


def lock_order(order_id: int) -> Order:
    """The order as it now stands, locked together with its payment (`order.payment`), the payment first. Raises NotFound."""
    seen = seen_order.first(order_id)
    if seen is None:
        raise NotFound
    payment = owing.lock_payment(seen.payment_id)
    [order] = locked_order.all(order_id)
    order.payment = payment
    return order


def lock_orders_of(payment: Payment) -> list[Order]:
    """All orders of a payment that the caller has locked."""
    orders = list(_locked().filter(payment=payment).order_by("pk"))
    for order in orders:
        order.payment = payment
    return orders


def _locked() -> QuerySet[Order]:
    return Order.objects.select_related("retailer__company", "vendor__company").select_for_update(of=("self",))


seen_order = Prepared(lambda order_id: Order.objects.filter(pk=order_id).only("payment_id"))
locked_order = Prepared(lambda order_id: _locked().filter(pk=order_id))
locked_cart = Prepared(lambda retailer_id: Cart.objects.select_for_update().filter(pk=retailer_id))
