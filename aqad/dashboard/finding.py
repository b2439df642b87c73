"""What answers to a few letters, within what the caller may see: a reference that somebody reads out, or the words of a product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from aqad.core.actor import Actor
from aqad.core.errors import Words
from aqad.core.references import Referenced, number_of
from aqad.core.text import folded
from catalog.models import Product
from catalog.querysets import products_visible_to
from catalog.search.finding import ranked
from deliveries.models import Delivery
from deliveries.querysets import visible_to as deliveries_visible_to
from orders.models import Order
from orders.querysets import visible_to as orders_visible_to
from payments.models import Payment
from payments.querysets import visible_to as payments_visible_to

MOST_PRODUCTS = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """Somewhere to go."""

    label: Words
    detail: Words
    url: str
    icon: str


def by_reference(text: str, *, actor: Actor) -> list[Hit]:
    """What has this reference, letters in either case, spaces and dashes ignored; a bare number may be one of any kind."""
    wanted = folded(text).replace(" ", "")
    hits = []
    for kind, (scope, show) in KINDS.items():
        number = number_of(f"{kind.PREFIX}{wanted}" if wanted.isdigit() else wanted, kind.PREFIX)
        row = scope(actor).filter(pk=number).first() if number is not None else None
        if row is not None:
            hits.append(show(row, actor))
    return hits


def by_words(text: str, *, actor: Actor) -> list[Hit]:
    """The products that answer best to these words."""
    scope = _products(actor)
    best = ranked(scope, text)[:MOST_PRODUCTS] if text else []
    found = scope.in_bulk(best)
    return [_product(found[number], actor) for number in best if number in found]


def _order(order: Order, actor: Actor) -> Hit:
    other = order.retailer_name if actor.role == "vendor" else order.vendor_name
    url = _in_the_back_office(order) if actor.is_staff else reverse("orders:order", args=[order.reference])
    return Hit(order.reference, f"{other} · {order.status_in_words}", url, "orders")


def _products(actor: Actor) -> QuerySet[Product]:
    return products_visible_to(actor).select_related("vendor__company")


def _product(product: Product, actor: Actor) -> Hit:
    if actor.is_staff:
        url = _in_the_back_office(product)
    elif actor.role == "vendor" and product.vendor.company_id == actor.company_id:
        url = reverse("catalog:own_product", args=[product.reference])
    else:
        url = reverse("catalog:product", args=[product.reference, product.slug])
    return Hit(product.name, f"{product.reference} · {product.vendor.company.name}", url, "box")


def _payment(payment: Payment, actor: Actor) -> Hit:
    url = _in_the_back_office(payment) if actor.is_staff else reverse("orders:payment", args=[payment.reference])
    return Hit(payment.reference, f"{payment.method_in_words} · {payment.get_status_display()}", url, "card")


def _deliveries(actor: Actor) -> QuerySet[Delivery]:
    return deliveries_visible_to(actor).select_related("order")


def _delivery(delivery: Delivery, actor: Actor) -> Hit:
    url = _in_the_back_office(delivery) if actor.is_staff else reverse("deliveries:delivery", args=[delivery.reference])
    return Hit(delivery.reference, f"{delivery.order.reference} · {delivery.get_status_display()}", url, "truck")


def _in_the_back_office(row: Referenced) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


# Each kind of thing with a reference: what the caller may see of it, and how it is shown.
KINDS: dict[type[Referenced], tuple[Callable[[Actor], QuerySet[Any]], Callable[[Any, Actor], Hit]]] = {
    Order: (orders_visible_to, _order),
    Product: (_products, _product),
    Payment: (payments_visible_to, _payment),
    Delivery: (_deliveries, _delivery),
}
