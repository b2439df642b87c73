"""Filling the cart. It may hold what cannot be ordered as it stands: the cart says so, checking out refuses it."""

from __future__ import annotations

from django.db import transaction

from aqad.core import clock
from aqad.retailers.models import Retailer
from catalog.models import Product
from orders.actions.locking import lock_cart
from orders.errors import CartFull
from orders.models import CartItem

MOST_PRODUCTS = 1000


def put_in(retailer: Retailer, product: Product, quantity: int) -> None:
    """Let the cart hold `quantity` units of the product, whatever it held of it before. Raises CartFull."""
    with transaction.atomic():
        cart = lock_cart(retailer)
        if cart.items.filter(product=product).update(quantity=quantity):
            return
        if cart.items.count() >= MOST_PRODUCTS:
            raise CartFull(MOST_PRODUCTS)
        cart.items.create(product=product, quantity=quantity, added_at=clock.now())


def take_out(retailer: Retailer, product: Product) -> None:
    """Let the cart hold nothing of the product; harmless when it does not."""
    with transaction.atomic():
        lock_cart(retailer).items.filter(product=product).delete()


def clear(retailer: Retailer) -> None:
    """Let the cart hold nothing."""
    with transaction.atomic():
        lock_cart(retailer).items.all().delete()


def add_all(retailer: Retailer, quantities: dict[int, int]) -> None:
    """Let the cart hold at least so many units of each product (by id). Raises CartFull."""
    with transaction.atomic():
        cart = lock_cart(retailer)
        held = {item.product_id: item for item in cart.items.filter(product__in=quantities)}
        new = [product_id for product_id in quantities if product_id not in held]
        if cart.items.count() + len(new) > MOST_PRODUCTS:
            raise CartFull(MOST_PRODUCTS)
        now = clock.now()
        for item in held.values():
            item.quantity = max(item.quantity, quantities[item.product_id])
        CartItem.objects.bulk_update(held.values(), ["quantity"])
        CartItem.objects.bulk_create(CartItem(cart=cart, product_id=key, quantity=quantities[key], added_at=now) for key in new)
