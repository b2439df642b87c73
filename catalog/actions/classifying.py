"""Categories and brands by the names that suppliers write in their files; those that are missing can be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, count

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.audit.actions import record_many
from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from catalog import freshness
from catalog.actions.taxonomy import DEEPEST
from catalog.models import Brand, Category
from catalog.names import LONGEST_SLUG, slug_of

Path = tuple[str, str]  # category and subcategory as they are written; either may be empty


def brands_named(names: Iterable[str]) -> dict[str, Brand]:
    """The brand of each name, however it is spelt: one that is stored, or a new one that is not."""
    slugs = {name: slug_of(name) for name in names}
    found = {brand.slug: brand for brand in Brand.objects.filter(slug__in=set(slugs.values()))}
    for name, slug in slugs.items():
        if slug:
            found.setdefault(slug, Brand(name=name, slug=slug))
    return {name: found[slug] for name, slug in slugs.items() if slug}


def add_brands(brands: Iterable[Brand], *, actor: Actor) -> None:
    """Store those that are new. Raises IntegrityError when somebody else was quicker."""
    with transaction.atomic():
        new = Brand.objects.bulk_create({brand.slug: brand for brand in brands if brand.pk is None}.values())
        record_many("catalog.brand_created", new, actor, [{"slug": brand.slug} for brand in new])
        if new:
            freshness.renew_after_commit()


class Tree:
    """The category tree as it stood when it was read, and what was planted since."""

    def __init__(self) -> None:
        self._by_slug: dict[str, Category] = {}
        self._by_name: dict[str, list[Category]] = {}
        self._tops: dict[str, Category] = {}
        self._below: dict[tuple[str, str], Category] = {}  # the parent's slug, the name as a slug
        self._depths: dict[str, int] = {}
        nodes = {node.pk: node for node in Category.objects.order_by("pk")}
        for node in nodes.values():
            self._grow(node, nodes.get(node.parent_id or 0))
        for node in nodes.values():
            self._depths[node.slug] = _depth(node, nodes)

    def find(self, path: Path) -> Category | None:
        """The category that a supplier means: below another only where it says so, else wherever the name is."""
        category, subcategory = path
        if not (category and subcategory):
            return self._named(category or subcategory)
        parent = self._named(category)
        return self._below.get((parent.slug, slug_of(subcategory))) if parent else None

    def plant(self, path: Path) -> list[Category]:
        """New nodes, not stored yet, so that the path is found; a parent stands before its child.

        Raises Invalid for a name without letters, and for one that would stand too deep.
        """
        category, subcategory = path
        if not all(slug_of(name) for name in path if name):
            raise Invalid({"category": [_("A name needs letters or digits.")]})
        if not (category and subcategory):
            return [self._new(category or subcategory, None)]
        parent = self._named(category)
        if parent is not None and self._depths[parent.slug] >= DEEPEST:
            raise Invalid({"category": [_("The tree is at most %(levels)s levels deep.") % {"levels": DEEPEST}]})
        if parent is not None:
            return [self._new(subcategory, parent)]
        parent = self._new(category, None)
        return [parent, self._new(subcategory, parent)]

    def _named(self, name: str) -> Category | None:
        """At the top of the tree, else by its slug, else the only one of this name below."""
        slug = slug_of(name)
        same = self._by_name.get(slug, [])
        return self._tops.get(slug) or self._by_slug.get(slug) or (same[0] if len(same) == 1 else None)

    def _new(self, name: str, parent: Category | None) -> Category:
        """With a slug of its own: below `Almonds`, `Raw` is `raw`, else `almonds-raw`, else `almonds-raw-2`."""
        full = slug_of(f"{parent.name} {name}" if parent else name, longest=LONGEST_SLUG - 6)
        wanted = chain((slug_of(name), full), (f"{full}-{number}" for number in count(2)))
        slug = next(slug for slug in wanted if slug not in self._by_slug)
        node = Category(name=name, slug=slug, parent=parent)
        self._grow(node, parent)
        self._depths[slug] = self._depths[parent.slug] + 1 if parent else 1
        return node

    def _grow(self, node: Category, parent: Category | None) -> None:
        name = slug_of(node.name)
        self._by_slug[node.slug] = node
        self._by_name.setdefault(name, []).append(node)
        if parent is None:
            self._tops.setdefault(name, node)
        else:
            self._below.setdefault((parent.slug, name), node)


def add_categories(new: Iterable[Category], *, actor: Actor) -> None:
    """Store new nodes, parents first. Raises IntegrityError when somebody else took a slug meanwhile."""
    waiting = [node for node in new if node.pk is None]
    with transaction.atomic():
        while waiting:
            level = [node for node in waiting if node.parent is None or node.parent.pk is not None]
            for node in level:
                node.parent = node.parent  # its number is known by now
            Category.objects.bulk_create(level)
            facts: list[Mapping[str, str | None]] = [
                {"slug": node.slug, "parent": node.parent.slug if node.parent else None} for node in level
            ]
            record_many("catalog.category_created", level, actor, facts)
            waiting = [node for node in waiting if node.pk is None]
            freshness.renew_after_commit()


def _depth(node: Category, nodes: Mapping[int, Category]) -> int:
    depth, above = 1, node.parent_id
    while above is not None:
        depth, above = depth + 1, nodes[above].parent_id
    return depth
