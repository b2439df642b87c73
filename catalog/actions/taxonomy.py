"""The category tree and the brands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import record
from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from catalog import freshness
from catalog.errors import AlreadyThere, InUse
from catalog.models import Brand, Category, Product
from catalog.names import search_text_of, slug_of
from catalog.search.vocabulary import learn_after_commit

DEEPEST = 8  # levels of the category tree
BATCH = 500
Node = TypeVar("Node", Category, Brand)


def create_category(*, name: str, parent: Category | None = None, actor: Actor) -> Category:
    """A new node of the tree. Raises AlreadyThere when one of this slug exists, Invalid when it would stand too deep."""
    with transaction.atomic():
        if parent is not None:
            _check_depth(_tree(), parent, height=1)
        category = _inserted(Category(name=name, slug=_slug(name), parent=parent))
        record("catalog.category_created", category, actor, slug=category.slug, parent=parent.slug if parent else None)
        freshness.renew_after_commit()
    return category


def change_category(category: Category, *, name: str, parent: Category | None, actor: Actor) -> Category:
    """Rename or move a category; its slug stays, so that addresses stay. Raises Invalid when it would stand below itself."""
    with transaction.atomic():
        tree = _tree()
        category = tree[category.pk]
        _check_move(tree, category, parent)
        renamed = name != category.name
        category.name, category.parent = name, parent
        category.save(update_fields=["name", "parent"])
        if renamed:
            _index_anew(Product.objects.filter(category=category).values_list("pk", flat=True))
        record("catalog.category_changed", category, actor, slug=category.slug, parent=parent.slug if parent else None)
        freshness.renew_after_commit()
    return category


def delete_category(category: Category, *, actor: Actor) -> None:
    """Raises InUse while it has products or categories below it."""
    _delete(category, "catalog.category_deleted", actor)


def create_brand(*, name: str, actor: Actor) -> Brand:
    """Raises AlreadyThere when one of this slug exists."""
    with transaction.atomic():
        brand = _inserted(Brand(name=name, slug=_slug(name)))
        record("catalog.brand_created", brand, actor, slug=brand.slug)
        freshness.renew_after_commit()
    return brand


def brand_named(name: str, *, actor: Actor) -> Brand:
    """The brand of this name, however it is spelt; a new one when there is none. Raises Invalid for a name without letters."""
    slug = slug_of(name)
    if not slug:
        raise Invalid({"brand": [_("A name needs letters or digits.")]})
    found = Brand.objects.filter(slug=slug).first()
    if found is not None:
        return found
    try:
        return create_brand(name=name, actor=actor)
    except AlreadyThere:  # somebody else was quicker
        return Brand.objects.get(slug=slug)


def change_brand(brand: Brand, *, name: str, actor: Actor) -> Brand:
    """Rename a brand; its slug stays."""
    with transaction.atomic():
        brand = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        renamed = name != brand.name
        brand.name = name
        brand.save(update_fields=["name"])
        if renamed:
            _index_anew(Product.objects.filter(brand=brand).values_list("pk", flat=True))
        record("catalog.brand_changed", brand, actor, slug=brand.slug)
        freshness.renew_after_commit()
    return brand


def delete_brand(brand: Brand, *, actor: Actor) -> None:
    """Raises InUse while products bear it."""
    _delete(brand, "catalog.brand_deleted", actor)


def _slug(name: str) -> str:
    slug = slug_of(name)
    if not slug:
        raise Invalid({"name": [_("A name needs letters or digits.")]})
    return slug


def _inserted(node: Node) -> Node:
    try:
        with transaction.atomic():
            node.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyThere from error
    return node


def _delete(node: Category | Brand, verb: str, actor: Actor) -> None:
    with transaction.atomic():
        record(verb, node, actor, slug=node.slug)
        try:
            with transaction.atomic():
                node.delete()
        except (ProtectedError, IntegrityError) as error:
            raise InUse from error
        freshness.renew_after_commit()


def _tree() -> dict[int, Category]:
    """The whole tree, locked, so that two moves at once cannot close a ring."""
    return {category.pk: category for category in Category.objects.select_for_update(no_key=True).order_by("pk")}


def _check_move(tree: dict[int, Category], category: Category, parent: Category | None) -> None:
    if parent is None:
        return
    if category.pk in _ancestors(tree, parent.pk):
        raise Invalid({"parent": [_("A category cannot stand below itself.")]})
    below = [len(_ancestors(tree, pk)) - len(_ancestors(tree, category.pk)) for pk in tree if category.pk in _ancestors(tree, pk)]
    _check_depth(tree, parent, height=max(below) + 1)


def _check_depth(tree: dict[int, Category], parent: Category, *, height: int) -> None:
    if len(_ancestors(tree, parent.pk)) + height > DEEPEST:
        raise Invalid({"parent": [_("The tree is at most %(levels)s levels deep.") % {"levels": DEEPEST}]})


def _ancestors(tree: dict[int, Category], pk: int | None) -> list[int]:
    """The category's own pk and those above it."""
    found: list[int] = []
    while pk is not None and pk in tree:
        found.append(pk)
        pk = tree[pk].parent_id
    return found


def _index_anew(product_ids: Iterable[int]) -> None:
    """Let search find the products under their category's or brand's new name."""
    ids = list(product_ids)
    for start in range(0, len(ids), BATCH):
        products = list(Product.objects.select_related("brand", "category").filter(pk__in=ids[start : start + BATCH]))
        for product in products:
            product.search_text = search_text_of(product)
        Product.objects.bulk_update(products, ["search_text"])
        learn_after_commit(product.search_text for product in products)
