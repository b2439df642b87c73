"""The demo's shelves: categories, brands, and each vendor's products with their pack shots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from aqad.core.uploads import Checked
from aqad.dashboard.demo import cast, catalogue, packshot
from catalog.actions import pictures as picture_actions
from catalog.actions.products import NewProduct, ProductFields, create_products
from catalog.actions.taxonomy import create_brand, create_category
from catalog.models import Brand, Category, ProductImage
from vendors.models import Vendor

if TYPE_CHECKING:
    from aqad.dashboard.demo.seeding import World

Pictures = dict[str, Future[dict[str, Checked]]]
"""By SKU, each within its sheet."""
Timed = tuple[datetime, Callable[[], None]]


def start_drawing(artists: Executor) -> Pictures:
    """Let other processes draw the pack shots while this one goes on: those of the vendor that lists first come first."""
    smaller = tuple(ProductImage.SMALLER.values())
    drawn: Pictures = {}
    for vendor in cast.VENDORS:
        mine = [product for product in catalogue.products() if product.vendor == vendor.key]
        drawn.update(dict.fromkeys((product.sku for product in mine), artists.submit(packshot.draw_all, mine, smaller)))
    return drawn


def listing(world: World, start: datetime, pictures: Pictures) -> Iterator[Timed]:
    """Staff lay out the shelves, then each vendor that was approved lists its goods."""
    yield start - timedelta(hours=30), partial(_lay_out, world)
    for number, vendor in enumerate(cast.VENDORS):
        if vendor.status in {"active", "suspended"}:
            yield start - timedelta(hours=24 - number), partial(_list_goods, world, vendor, pictures)


def _lay_out(world: World) -> None:
    staff = world.actor(cast.STAFF[0].email)
    made: dict[str | None, Category] = {}
    with transaction.atomic():
        for category in catalogue.categories():
            made[category.slug] = create_category(name=category.name, parent=made.get(category.parent), actor=staff)
        for brand in catalogue.brands():
            create_brand(name=brand.name, actor=staff)


def _list_goods(world: World, vendor: cast.Vendor, drawn: Pictures) -> None:
    actor = world.actor(vendor.email)
    mine = [product for product in catalogue.products() if product.vendor == vendor.key]
    categories = {category.slug: category for category in Category.objects.all()}
    brands = {brand.name: brand for brand in Brand.objects.all()}
    shots = [drawn[product.sku].result()[product.sku] for product in mine]
    with ExitStack() as keeping:
        stored = [keeping.enter_context(picture_actions.kept([shot])) for shot in shots]
        new = [
            NewProduct(_fields(product, categories, brands), product.quantity, pictures)
            for product, pictures in zip(mine, stored, strict=True)
        ]
        made = create_products(vendor=Vendor.objects.get(company=actor.company), new=new, actor=actor)
    world.products.update({product.sku: row.pk for product, row in zip(mine, made, strict=True)})


def _fields(product: catalogue.DemoProduct, categories: dict[str, Category], brands: dict[str, Brand]) -> ProductFields:
    return ProductFields(
        name=product.name,
        category=categories[product.category],
        brand=brands[product.brand],
        description=product.description,
        price=product.price,
        vat_rate=product.vat_rate,
        unit="carton",
        pack_size=product.pack_size,
        units_per_pack=product.units_per_pack,
        min_order_quantity=product.min_order_quantity,
        order_multiple=product.order_multiple,
        sku=product.sku,
        barcode=product.barcode,
        low_stock_at=product.low_stock_at,
        status="published",
    )
