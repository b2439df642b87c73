"""The base of the pages about one product of the vendor who looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse

from aqad.core import limits
from aqad.core.errors import Refusal
from aqad.core.handler import describe
from aqad.core.views import find
from aqad.core.web import Page
from catalog.actions.pictures import MOST
from catalog.models import Product
from catalog.querysets import products_of
from catalog.showing import columns, shown
from catalog.statuses import ProductStatus
from catalog.web import forms


class OwnProductPage(Page):
    roles = {"*": ("vendor",)}

    def own(self, reference: str) -> Product:
        """Raises NotFound for another vendor's as for one that is not there."""
        product: Product = find(products_of(self.actor).select_related("category", "brand"), Product.PREFIX, reference)
        return product

    def count_uploads(self) -> None:
        """Raises RateLimited when the company has sent too many files."""
        if self.request.FILES:
            limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", self.web)

    def show_product(self, product: Product, **context: Any) -> HttpResponse:
        """The product's page as it is stored."""
        return self.show("catalog/own/product.html", **self.of_product(product), **context)

    def show_refused(self, product: Product, refusal: Refusal) -> HttpResponse:
        """The same, and why something beside the form was refused."""
        return self.show_product(product, refusal=refusal, status=describe(refusal)[0])

    def of_product(self, product: Product) -> dict[str, Any]:
        """What the page of a product shows beside what was typed."""
        return {"product": as_stored(product), "most_pictures": MOST, **self.choices()}

    def choices(self) -> dict[str, Any]:
        return {"categories": list(forms.categories()), "brands": forms.brands(self.actor), "vat_rates": forms.VAT_CHOICES}


def as_stored(product: Product) -> dict[str, Any]:
    """The product as it stands in the database at this moment, as its vendor sees it and may order its pictures."""
    stored = for_vendor(columns(Product.objects.filter(pk=product.pk)))[0]
    order = [image["id"] for image in stored["images"]]
    for place, image in enumerate(stored["images"]):
        image["earlier"] = _swapped(order, place - 1) if place else ""
        image["later"] = _swapped(order, place) if place + 1 < len(order) else ""
    return stored


def for_vendor(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Products as their vendor sees them, with what their state is called and whether they run low."""
    products = shown(rows, to_vendor=True)
    for product in products:
        product["status_label"] = ProductStatus(product["status"]).label
        low, is_sold = product["low_stock_at"], product["status"] != ProductStatus.ARCHIVED
        product["is_low"] = is_sold and low is not None and product["quantity"] <= low
    return products


def _swapped(order: list[int], place: int) -> str:
    """The order with the two at `place` and behind it changed over, as `forms.OrderForm` reads it."""
    changed = [*order[:place], order[place + 1], order[place], *order[place + 2 :]]
    return ",".join(map(str, changed))
