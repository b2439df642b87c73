"""A product in the words of schema.org, and the trail that leads to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aqad.core.money import CURRENCY
from catalog.tree import Tree
from catalog.web.cards import absolute

Crumbs = list[tuple[str, str]]  # name and path
SCHEMA = "https://schema.org"


def trail_of(tree: Tree, category: str) -> Crumbs:
    """From the list of all products down to the category of this slug."""
    products, node = reverse("catalog:products"), tree.by_slug.get(category)
    way = tree.path(node) if node else []
    return [(_("Products"), products), *((step.name, f"{products}?category={step.slug}") for step in way)]


def what_search_engines_read(product: dict[str, Any], crumbs: Crumbs) -> list[dict[str, Any]]:
    """Product with its Offer, and BreadcrumbList. `product` comes from `cards.detailed`."""
    about: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Product",
        "name": product["name"],
        "productID": product["id"],
        "description": product["description"] or product["name"],
        "image": [absolute(image["url"]) for image in product["images"]],
        "brand": {"@type": "Brand", "name": product["brand"]["name"]},
        "category": product["category"]["name"],
        "offers": _offer(product),
    }
    about |= {"sku": product["sku"]} if product["sku"] else {}
    about |= {"gtin": product["barcode"]} if product["barcode"] else {}
    steps = [*crumbs, (product["name"], product["path"])]
    trail = {
        "@context": SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(steps, 1)
        ],
    }
    return [about, trail]


def _offer(product: dict[str, Any]) -> dict[str, Any]:
    price = {"price": product["price"], "priceCurrency": CURRENCY}
    return {
        "@type": "Offer",
        "url": absolute(product["path"]),
        **price,
        "priceSpecification": {"@type": "UnitPriceSpecification", **price, "valueAddedTaxIncluded": False, "unitText": product["unit"]},
        "availability": f"{SCHEMA}/{'InStock' if product['in_stock'] else 'OutOfStock'}",
        "itemCondition": f"{SCHEMA}/NewCondition",
        "eligibleQuantity": {"@type": "QuantitativeValue", "minValue": product["first"], "unitText": product["unit"]},
        "seller": {"@type": "Organization", "name": product["vendor"]["name"]},
    }
