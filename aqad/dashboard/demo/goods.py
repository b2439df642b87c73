"""The demo's shelves: categories, brands, and each vendor's products with their pack shots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from aqad.core.uploads import Checked
from aqad.dashboard.demo import cast, catalogue, history, packshot
from catalog.actions import pictures as picture_actions
from catalog.actions.products import NewProduct, ProductFields, create_products
from catalog.actions.taxonomy import create_brand, create_category
from catalog.models import Brand, Category, ProductImage
from vendors.models import Vendor

if TYPE_CHECKING:
    from aqad.dashboard.demo.seeding import World

WEEK = timedelta(weeks=1)
Pictures = dict[str, Future[dict[str, Checked]]]
"""By SKU, each within its sheet."""
Timed = tuple[datetime, Callable[[], None]]


@dataclass(frozen=True)
class Batch:
    """What a vendor lists at once."""

    at: datetime
    vendor: cast.Vendor
    products: Sequence[catalogue.DemoProduct]


def batches(plan: history.Plan) -> list[Batch]:
    """Who lists what and when: every week each vendor that was approved adds what the trade of that week begins with.

    What nobody orders comes later than the first time, in equal parts.
    """
    since, weeks = _first_asked_for(plan), (plan.end - plan.start) // WEEK
    made = []
    for number, vendor in enumerate(cast.VENDORS):
        if vendor.status in {"active", "suspended"}:
            opening, ends = plan.start - timedelta(hours=24 - number), _stays_until(vendor, plan)
            times = [at for at in (opening + week * WEEK for week in range(weeks)) if at < ends]
            shelves: list[list[catalogue.DemoProduct]] = [[] for _ in times]
            mine = [product for product in catalogue.products() if product.vendor == vendor.key]
            for place, product in enumerate(mine):
                asked = since.get(product.sku)
                week = (asked - plan.start) // WEEK if asked is not None else 1 + place % (weeks - 1)
                shelves[min(week, len(times) - 1)].append(product)
            made += [Batch(at, vendor, products) for at, products in zip(times, shelves, strict=True) if products]
    return sorted(made, key=lambda batch: batch.at)


def start_drawing(artists: Executor, batches: Sequence[Batch]) -> Pictures:
    """Let other processes draw the pack shots while this one goes on, a sheet for each batch, in the order in which they are listed."""
    smaller = tuple(ProductImage.SMALLER.values())
    drawn: Pictures = {}
    for batch in batches:
        drawn.update(dict.fromkeys((product.sku for product in batch.products), artists.submit(packshot.draw_all, batch.products, smaller)))
    return drawn


def listing(world: World, start: datetime, batches: Sequence[Batch], pictures: Pictures) -> Iterator[Timed]:
    """Staff lay out the shelves, then the vendors list their goods."""
    yield start - timedelta(hours=30), partial(_lay_out, world)
    for batch in batches:
        yield batch.at, partial(_list_goods, world, batch, pictures)


def _first_asked_for(plan: history.Plan) -> dict[str, datetime]:
    """When a product is first ordered or counted, by SKU; the story's own is there from the start."""
    first = {history.STORY_SKU: plan.start}
    for event in plan.timeline:
        asked = [event.stock.sku] if event.stock else [sku for sku, _ in event.order.lines] if event.order else []
        for sku in asked:
            first.setdefault(sku, event.at)
    return first


def _stays_until(vendor: cast.Vendor, plan: history.Plan) -> datetime:
    return plan.end - timedelta(days=vendor.status_days_ago) if vendor.status == "suspended" else plan.end


def _lay_out(world: World) -> None:
    staff = world.actor(cast.STAFF[0].email)
    made: dict[str | None, Category] = {}
    with transaction.atomic():
        for category in catalogue.categories():
            made[category.slug] = create_category(name=category.name, parent=made.get(category.parent), actor=staff)
        for brand in catalogue.brands():
            create_brand(name=brand.name, actor=staff)


def _list_goods(world: World, batch: Batch, drawn: Pictures) -> None:
    actor = world.actor(batch.vendor.email)
    categories = {category.slug: category for category in Category.objects.all()}
    brands = {brand.name: brand for brand in Brand.objects.all()}
    shots = [drawn[product.sku].result()[product.sku] for product in batch.products]
    with ExitStack() as keeping:
        stored = [keeping.enter_context(picture_actions.kept([shot])) for shot in shots]
        new = [
            NewProduct(_fields(product, categories, brands), product.quantity, pictures)
            for product, pictures in zip(batch.products, stored, strict=True)
        ]
        made = create_products(vendor=Vendor.objects.get(company=actor.company), new=new, actor=actor)
    world.products.update({product.sku: row.pk for product, row in zip(batch.products, made, strict=True)})


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
