"""What pages say of a product beside what the API says: its address, its price per piece and with VAT, what may be ordered."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from aqad.core import money
from aqad.core.pagination import DEEPEST_ROW


def product_path(reference: str, slug: str) -> str:
    return reverse("catalog:product", args=[reference, slug])


def absolute(path: str) -> str:
    """The address for people elsewhere; what storage or a CDN made whole already stays."""
    return path if "://" in path else f"{settings.PUBLIC_URL}{path}"


def card(product: dict[str, Any]) -> dict[str, Any]:
    """A product of `catalog.showing` as a card of the grid."""
    price, pieces = Decimal(product["price"]), product["units_per_pack"]
    return {
        **product,
        "path": product_path(product["id"], product["slug"]),
        "picture": product["images"][0] if product["images"] else None,
        "piece": money.aed(price / pieces) if pieces and pieces > 1 else None,
    }


def cards(products: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [card(product) for product in products]


def detailed(product: dict[str, Any]) -> dict[str, Any]:
    """A product as its own page shows it. `first` is the least quantity that may be ordered, in units; amounts are AED."""
    price, multiple = Decimal(product["price"]), product["order_multiple"]
    vat = money.vat_on(price, Decimal(product["vat_rate"]))
    first = -(-product["min_order_quantity"] // multiple) * multiple
    return {
        **card(product),
        "vat": vat,
        "with_vat": price + vat,
        "vat_percent": f"{Decimal(product['vat_rate']).normalize():f}",
        "first": first,
        "can_order": product["quantity"] >= first,
        "most": product["quantity"] // multiple * multiple,
    }


def counted(pagination: dict[str, Any]) -> str:
    """`381`, or `1,000+` where nobody counted further."""
    return f"{pagination['total']:,}" if pagination["total_is_exact"] else f"{DEEPEST_ROW:,}+"


def initials(name: str) -> str:
    """Two letters that stand where a company has no logo."""
    return "".join(word[0] for word in name.split()[:2]).upper()
