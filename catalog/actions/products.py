"""What vendors and AQAD's staff do with products. One product or a batch of hundreds costs about the same number of statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import record, record_many
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.errors import Invalid, InvalidTransition
from catalog import freshness
from catalog.actions.pictures import StoredPicture, rows_of
from catalog.actions.stock import watch_levels
from catalog.models import Brand, Category, Product, ProductImage, Stock, StockMovement
from catalog.names import LONGEST_PRODUCT_SLUG, search_text_of, slug_of
from catalog.search.vocabulary import learn_after_commit
from catalog.statuses import TRANSITIONS, MovementKind, ProductStatus
from vendors.models import Vendor


class ProductFields(TypedDict, total=False):
    """What a vendor says of a product, checked by the door (`api.serializers.ProductBody`)."""

    name: str
    category: Category
    brand: Brand
    description: str
    price: Decimal
    vat_rate: Decimal
    unit: str
    pack_size: str
    units_per_pack: int | None
    min_order_quantity: int
    order_multiple: int
    sku: str
    barcode: str
    low_stock_at: int | None
    status: str


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product to be listed with `quantity` units on the shelf."""

    fields: ProductFields
    quantity: int
    pictures: Sequence[StoredPicture] = ()


def create_product(
    *, vendor: Vendor, fields: ProductFields, quantity: int, actor: Actor, pictures: Sequence[StoredPicture] = ()
) -> Product:
    """List a product with its first stock. Raises Invalid on `sku` when the vendor has it already."""
    return create_products(vendor=vendor, new=[NewProduct(fields, quantity, pictures)], actor=actor)[0]


def create_products(*, vendor: Vendor, new: Sequence[NewProduct], actor: Actor) -> list[Product]:
    """List products with their first stock, all or none. Raises Invalid on `sku` when the vendor has one of them already."""
    now = clock.now()
    products = [_completed(Product(vendor=vendor, created_at=now, updated_at=now, **one.fields)) for one in new]
    with transaction.atomic():
        _write_or_refuse(lambda: Product.objects.bulk_create(products))
        first = list(zip(products, new, strict=True))
        Stock.objects.bulk_create(Stock(product=product, on_hand=one.quantity) for product, one in first)
        StockMovement.objects.bulk_create(
            StockMovement(product=product, kind=MovementKind.RECEIVED, on_hand_change=one.quantity, actor=actor.name, at=now)
            for product, one in first
            if one.quantity
        )
        ProductImage.objects.bulk_create(row for product, one in first for row in rows_of(product, one.pictures))
        facts = [{"status": str(p.status), "price": money.text(p.price), "quantity": one.quantity} for p, one in first]
        record_many("catalog.product_created", products, actor, facts)
        watch_levels([product.pk for product in products if product.low_stock_at is not None], actor=actor)
        learn_after_commit(product.search_text for product in products)
        freshness.renew_after_commit()
    return products


def update_product(product: Product, *, fields: ProductFields, actor: Actor) -> bool:
    """Change what `fields` names; False when everything was so already. Raises Invalid on `sku` when another product has it."""
    return update_products([(product, fields)], actor=actor)[0]


def update_products(changes: Sequence[tuple[Product, ProductFields]], *, actor: Actor) -> list[bool]:
    """Change several products, all or none; says of each whether anything changed. Each may stand there once.

    The products given are brought up to date. Raises Invalid on `sku` when another product of the vendor has it, InvalidTransition.
    """
    with transaction.atomic():
        locked = _lock([product.pk for product, _fields in changes])
        applied = {product.pk: _apply(locked[product.pk], fields) for product, fields in changes}
        facts = {pk: known for pk, known in applied.items() if known}
        if facts:
            changed = [locked[pk] for pk in facts]
            _save_all(changed, {name for known in facts.values() for name in known["changed"]})
            record_many("catalog.product_changed", changed, actor, list(facts.values()))
            learn_after_commit(product.search_text for product in changed)
            watch_levels([pk for pk, known in facts.items() if "low_stock_at" in known["changed"]], actor=actor)
            freshness.renew_after_commit()
        for product, _fields in changes:
            product.__dict__.update(locked[product.pk].__dict__)
    return [product.pk in facts for product, _fields in changes]


def archive_product(product: Product, *, actor: Actor) -> None:
    """Sell it no more; orders keep their lines. Nothing happens to one that is archived."""
    with transaction.atomic():
        product = _lock([product.pk])[product.pk]
        if product.status == ProductStatus.ARCHIVED:
            return
        before = product.status
        _move(product, ProductStatus.ARCHIVED)
        _save(product, ["status"])
        record("catalog.product_archived", product, actor, before=str(before))
        freshness.renew_after_commit()


def take_down(product: Product, *, reason: str, actor: Actor) -> Product:
    """Hide a product from everybody but its vendor, whatever its vendor says. Raises InvalidTransition when it is hidden already."""
    with transaction.atomic():
        product = _lock([product.pk])[product.pk]
        if product.taken_down_at is not None:
            raise InvalidTransition(_("This product is taken down already."), status="taken_down")
        product.taken_down_at, product.takedown_reason = clock.now(), reason
        _save(product, ["taken_down_at", "takedown_reason"])
        record("catalog.product_taken_down", product, actor)
        freshness.renew_after_commit()
    return product


def restore(product: Product, *, actor: Actor) -> Product:
    """Give a product that was taken down back to its vendor's own word. Raises InvalidTransition when it was not."""
    with transaction.atomic():
        product = _lock([product.pk])[product.pk]
        if product.taken_down_at is None:
            raise InvalidTransition(_("This product is not taken down."), status=product.status)
        product.taken_down_at, product.takedown_reason = None, ""
        _save(product, ["taken_down_at", "takedown_reason"])
        record("catalog.product_restored", product, actor)
        freshness.renew_after_commit()
    return product


def _lock(product_ids: Sequence[int]) -> dict[int, Product]:
    """Without their keys: orders that are being placed may go on pointing to them."""
    rows = Product.objects.select_for_update(of=("self",), no_key=True).select_related("category", "brand")
    return {product.pk: product for product in rows.filter(pk__in=product_ids).order_by("pk")}


def _apply(product: Product, fields: ProductFields) -> dict[str, Any]:
    """Take over what differs, unsaved; the facts of the change, empty when nothing does."""
    before = {name: getattr(product, name) for name in fields}
    changed = sorted(name for name, value in fields.items() if before[name] != value)
    if not changed:
        return {}
    for name in changed:
        if name == "status":
            _move(product, str(fields["status"]))
        else:
            setattr(product, name, fields[name])  # type: ignore[literal-required]
    facts: dict[str, Any] = {"changed": changed}
    if "price" in changed:
        facts["price"] = [money.text(before["price"]), money.text(product.price)]
    if "status" in changed:
        facts["status"] = [str(before["status"]), str(product.status)]
    return facts


def _save_all(products: Sequence[Product], names: set[str]) -> None:
    """Save these fields and what follows from them, many products by about as many statements as one."""
    now = clock.now()
    for product in products:
        _completed(product).updated_at = now
    written = sorted({*names, "slug", "search_text", "updated_at"})
    _write_or_refuse(lambda: Product.objects.bulk_update(products, written))


def _move(product: Product, status: str) -> None:
    if status not in TRANSITIONS[product.status]:
        raise InvalidTransition(status=product.status)
    product.status = status


def _completed(product: Product) -> Product:
    """With what follows from its other fields."""
    product.slug = slug_of(product.name, longest=LONGEST_PRODUCT_SLUG) or "product"
    product.search_text = search_text_of(product)
    return product


def _save(product: Product, names: Sequence[str]) -> None:
    product.updated_at = clock.now()
    product.save(update_fields=[*names, "updated_at"])


def _write_or_refuse(write: Callable[[], object]) -> None:
    """The database alone knows, even when two do it at once, whether a SKU is free."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        if "sku" not in str(error):
            raise
        raise Invalid({"sku": [_("Another product of yours has this SKU.")]}) from error
