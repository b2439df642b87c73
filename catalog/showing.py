"""A product as the API and the pages show it: straight from the columns, one query for any number of products and their pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from operator import itemgetter
from typing import Any

import orjson
from django.core.files.storage import storages
from django.db.models import F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from aqad.core import money
from aqad.core.actor import Actor
from aqad.core.files import PUBLIC
from aqad.core.prepared import Prepared
from aqad.core.subqueries import AllInJSON, PlainJSONObject
from catalog.models import Brand, Category, Product, ProductImage
from catalog.querysets import products_on_sale, products_visible_to, sees_only_what_is_on_sale

COLUMNS = (
    "id", "name", "slug", "description", "price", "vat_rate", "unit", "pack_size", "units_per_pack", "min_order_quantity",
    "order_multiple", "sku", "barcode", "status", "created_at", "low_stock_at", "taken_down_at", "takedown_reason", "vendor_id",
)  # fmt: skip
NAMED = Cast(PlainJSONObject(slug="slug", name="name"), TextField())
PICTURE = PlainJSONObject(**{name: name for name in ("id", "position", "width", "height", "file", "medium", "thumbnail")})
# Looked up row by row: the planner spends longer on each further table that is joined than on finding twenty names.
LOOKED_UP = {
    "shown_category": Subquery(Category.objects.filter(pk=OuterRef("category_id")).values_list(NAMED)),
    "shown_brand": Subquery(Brand.objects.filter(pk=OuterRef("brand_id")).values_list(NAMED)),
    "shown_pictures": AllInJSON(ProductImage.objects.filter(product_id=OuterRef("pk")).order_by("position", "pk").values(one=PICTURE)),
}
JOINED = {
    "vendor_name": F("vendor__company__name"),
    "vendor_company": F("vendor__company_id"),
    "on_hand": F("stock__on_hand"),
    "reserved": F("stock__reserved"),
}


def columns(products: QuerySet[Product]) -> QuerySet[Any, dict[str, Any]]:
    """The values that `shown` needs."""
    return products.values(*COLUMNS, **JOINED, **LOOKED_UP)


on_sale_among = Prepared(lambda numbers: columns(products_on_sale().filter(pk__in=numbers)))


def shown(rows: Iterable[Mapping[str, Any]], *, to_vendor: bool = False) -> list[dict[str, Any]]:
    """The contract's product for each row; `to_vendor` adds what only its vendor and AQAD's staff may see."""
    zone = timezone.get_current_timezone()
    return [_shown(row, zone, to_vendor=to_vendor) for row in rows]


def shown_on_sale(numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Those of these products that can be bought now, by their numbers, in one query."""
    rows = on_sale_among.all(list(numbers))
    return {row["id"]: product for row, product in zip(rows, shown(rows), strict=True)}


def shown_to(actor: Actor, number: int) -> dict[str, Any] | None:
    """The product of this number, if the actor may see it; its own vendor and AQAD's staff see more of it than others."""
    if sees_only_what_is_on_sale(actor):
        return shown_on_sale([number]).get(number)
    row = columns(products_visible_to(actor)).filter(pk=number).first()
    if row is None:
        return None
    is_own = actor.company_id is not None and row["vendor_company"] == actor.company_id
    return shown([row], to_vendor=actor.is_staff or is_own)[0]


def _shown(row: Mapping[str, Any], zone: tzinfo, *, to_vendor: bool) -> dict[str, Any]:
    on_hand, reserved = row["on_hand"] or 0, row["reserved"] or 0
    product = {
        "id": f"{Product.PREFIX}{row['id']}",
        "name": row["name"],
        "slug": row["slug"],
        "description": row["description"],
        "price": money.text(row["price"]),
        "currency": money.CURRENCY,
        "vat_rate": money.text(row["vat_rate"]),
        "unit": row["unit"],
        "pack_size": row["pack_size"],
        "units_per_pack": row["units_per_pack"],
        "min_order_quantity": row["min_order_quantity"],
        "order_multiple": row["order_multiple"],
        "sku": row["sku"],
        "barcode": row["barcode"],
        "quantity": on_hand - reserved,
        "in_stock": on_hand > reserved,
        "status": row["status"],
        "category": orjson.loads(row["shown_category"]),
        "brand": orjson.loads(row["shown_brand"]),
        "vendor": {"id": f"V{row['vendor_id']}", "name": row["vendor_name"]},
        "images": _pictures(row["shown_pictures"]) if row["shown_pictures"] else [],
        "created_at": row["created_at"].astimezone(zone).isoformat(),
    }
    if to_vendor:
        product |= {
            "on_hand": on_hand,
            "reserved": reserved,
            "low_stock_at": row["low_stock_at"],
            "taken_down": row["taken_down_at"] is not None,
            "takedown_reason": row["takedown_reason"],
        }
    return product


def _pictures(in_json: str) -> list[dict[str, Any]]:
    storage, pictures = storages[PUBLIC], list[dict[str, Any]]()
    for one in sorted(orjson.loads(in_json), key=itemgetter("position", "id")):
        whole, medium, thumbnail = (storage.url(one[name]) if one[name] else "" for name in ("file", "medium", "thumbnail"))
        sizes = {"url": whole, "medium": medium or whole, "thumbnail": thumbnail or medium or whole}
        pictures.append({"id": one["id"], **sizes, "width": one["width"], "height": one["height"]})
    return pictures
