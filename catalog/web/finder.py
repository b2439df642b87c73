"""The list of products as people use it: search, filters that live in the URL, chips that take one back, a grid that loads on.

It finds by the very code of `GET /api/products`. What an address holds beyond that (a campaign's marks, fields left blank) is not
refused but left out, so that equal wishes share one stored page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from aqad.core.errors import NotFound
from aqad.core.references import number_of
from catalog.api.listing import RELEVANCE, ProductQuery, build_products, narrowed, read_products
from catalog.models import Brand
from catalog.names import words_of
from catalog.querysets import categories_sold_by, vendors_trading
from catalog.search.finding import forgiven, matching
from catalog.search.popular import popular_searches
from catalog.tree import Node, Tree
from catalog.web.cards import cards, counted
from vendors.models import Vendor

FILTERS = ("search", "category", "brand", "vendor", "min_price", "max_price", "in_stock")
FIELDS = (*FILTERS, "sort", "cursor")
ROWS = 24
SAMPLED = 1000  # the newest products that match, whose brands and vendors are offered as filters
OFFERED = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked wish; `vendor` is the number of the one in whose window it is made."""

    products: ProductQuery
    vendor: int | None = None

    @property
    def path(self) -> str:
        return reverse("catalog:products") if self.vendor is None else reverse("catalog:window", args=[f"{Vendor.PREFIX}{self.vendor}"])

    @property
    def parameters(self) -> dict[str, str]:
        """The shortest query that asks for the same, without the place where it reads on."""
        query = self.products
        default = RELEVANCE if query.search else "newest"
        sort = "newest" if query.sort == RELEVANCE and not query.search else query.sort
        wanted: dict[str, str | None] = {
            "search": query.search,
            "category": query.category,
            "brand": query.brand,
            "vendor": f"{Vendor.PREFIX}{query.vendor}" if query.vendor and self.vendor is None else None,
            "min_price": _plain(query.min_price),
            "max_price": _plain(query.max_price),
            "in_stock": None if query.in_stock is None else str(query.in_stock).lower(),
            "sort": None if sort == default else sort,
        }
        return {name: value for name, value in wanted.items() if value}

    def link(self, **changes: str | None) -> str:
        """The address of this wish with some parameters replaced or, by None, left out."""
        query = {name: value for name, value in {**self.parameters, **changes}.items() if value}
        return f"{self.path}?{urlencode(query)}" if query else self.path


class Option(NamedTuple):
    value: str
    label: str
    chosen: bool


class Chip(NamedTuple):
    label: str
    link: str


def read_wanted(query: QueryDict, reference: str = "") -> Wanted:
    """Raises Invalid naming each filter that cannot be, NotFound for a reference that is none."""
    vendor = number_of(reference, Vendor.PREFIX) if reference else None
    if reference and vendor is None:
        raise NotFound
    within = {"vendor": f"{Vendor.PREFIX}{vendor}"} if vendor else {}
    return Wanted(read_products({**typed(query), **within, "limit": str(ROWS)}), vendor)


def typed(query: QueryDict) -> dict[str, str]:
    """What a person filled in, without what was left blank or means nothing here."""
    given = {name: str(query.get(name, "")) for name in FIELDS}
    return {name: value for name, value in given.items() if value.strip()}


def found(wanted: Wanted) -> dict[str, Any]:
    """Everything that the list's template shows."""
    listed = build_products(wanted.products)
    tree = Tree.read()
    here = tree.by_slug.get(wanted.products.category or "")
    pairs = _brands_and_vendors(wanted) if listed["results"] or wanted.products.brand or wanted.products.vendor else []
    brands, vendors = _brands(wanted, pairs), _vendors(wanted, pairs)
    following = listed["pagination"]["next"]
    meant = _meant(wanted) if listed["results"] else frozenset()
    return {
        "path": wanted.path,
        "typed": wanted.parameters,
        "products": cards(listed["results"]),
        "total": listed["pagination"]["total"],
        "count": counted(listed["pagination"]),
        "reads_on": wanted.products.window.cursor is not None,
        "more": wanted.link(cursor=following) if following else "",
        "start": wanted.link(),
        "here": here,
        "crumbs": [(node.name, wanted.link(category=node.slug)) for node in tree.path(here)] if here else [],
        "categories": _categories(wanted, tree, here),
        "brands": brands,
        "vendors": vendors,
        "sorts": _sorts(wanted),
        "chips": _chips(wanted, here, brands, vendors),
        "forgiven": bool(meant),
        "spelt": _spelt(meant, listed["results"]),
        "popular": [] if listed["results"] else popular_links(),
    }


def popular_links() -> list[tuple[str, str]]:
    """What people search for, each with the address of its answer."""
    return [(term, f"{reverse('catalog:products')}?{urlencode({'search': term})}") for term in popular_searches()]


def _brands_and_vendors(wanted: Wanted) -> list[tuple[str, str, int, str]]:
    """Brand and vendor of the newest products that answer to everything but these two."""
    rows = narrowed(replace(wanted.products, brand=None, vendor=wanted.vendor))
    if wanted.products.search:
        rows = matching(rows, wanted.products.search)
    columns = rows.order_by("-pk").values_list("brand__slug", "brand__name", "vendor_id", "vendor__company__name")
    return list(columns[:SAMPLED])


def _brands(wanted: Wanted, pairs: list[tuple[str, str, int, str]]) -> list[Option]:
    """The brands that the chosen vendor has."""
    vendor, chosen = wanted.products.vendor, wanted.products.brand
    offered = _most_frequent((slug, name) for slug, name, pk, _name in pairs if vendor in {None, pk})
    if chosen and chosen not in offered:
        offered[chosen] = Brand.objects.filter(slug=chosen).values_list("name", flat=True).first() or chosen
    return _options(offered, chosen)


def _vendors(wanted: Wanted, pairs: list[tuple[str, str, int, str]]) -> list[Option]:
    """The vendors that have the chosen brand; no choice within one vendor's window."""
    brand, number = wanted.products.brand, wanted.products.vendor
    if wanted.vendor is not None:
        return []
    offered = _most_frequent((f"{Vendor.PREFIX}{pk}", name) for slug, _name, pk, name in pairs if brand in {None, slug})
    chosen = f"{Vendor.PREFIX}{number}" if number else None
    if number and chosen and chosen not in offered:
        offered[chosen] = vendors_trading().filter(pk=number).values_list("company__name", flat=True).first() or chosen
    return _options(offered, chosen)


def _most_frequent(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {value: name for (value, name), _ in Counter(named).most_common(OFFERED)}


def _options(offered: dict[str, str], chosen: str | None) -> list[Option]:
    return [Option(value, name, value == chosen) for value, name in sorted(offered.items(), key=lambda item: item[1].casefold())]


def _categories(wanted: Wanted, tree: Tree, here: Node | None) -> dict[str, Any]:
    """One branch of the tree: the way down to it, and what stands on its lowest level."""
    known = _sold_by(wanted.vendor, tree) if wanted.vendor else None
    branch = here if here is None or tree.children(here) else tree.nodes.get(here.parent) if here.parent else None
    below = tree.children(branch) if branch else tree.tops
    return {
        "all": wanted.link(category=None),
        "above": [(node.name, wanted.link(category=node.slug), node == here) for node in (tree.path(branch) if branch else [])],
        "below": [
            (node.name, wanted.link(category=node.slug), node == here)
            for node in below
            if known is None or node.pk in known or node == here
        ],
    }


def _sold_by(vendor: int, tree: Tree) -> set[int]:
    """The categories in which a vendor sells something, and all above them."""
    sold = categories_sold_by(vendor).using("default").values_list("pk", flat=True)
    return {node.pk for pk in sold if pk in tree.nodes for node in tree.path(tree.nodes[pk])}


def _sorts(wanted: Wanted) -> list[Option]:
    """The first one needs no parameter."""
    newest, chosen = _("Newest first"), wanted.parameters.get("sort", "")
    sorts = [("", _("Best match")), ("newest", newest)] if wanted.products.search else [("", newest)]
    sorts += [("price", _("Lowest price")), ("-price", _("Highest price")), ("name", _("Name"))]
    return [Option(value, label, value == chosen) for value, label in sorts]


def _chips(wanted: Wanted, here: Node | None, brands: list[Option], vendors: list[Option]) -> list[Chip]:
    """Each filter in force with the address that is without it."""
    given = wanted.parameters
    labels = {
        "search": "“{}”",
        "category": here.name if here else "{}",
        "brand": next((option.label for option in brands if option.chosen), "{}"),
        "vendor": next((option.label for option in vendors if option.chosen), "{}"),
        "min_price": _("From AED {}"),
        "max_price": _("Up to AED {}"),
        "in_stock": _("In stock") if wanted.products.in_stock else _("Sold out"),
    }
    return [Chip(labels[name].replace("{}", given[name]), wanted.link(**{name: None})) for name in FILTERS if name in given]


def _meant(wanted: Wanted) -> frozenset[str]:
    search = wanted.products.search
    return forgiven(narrowed(wanted.products), search) if search else frozenset()


def _spelt(meant: frozenset[str], results: list[dict[str, Any]]) -> list[str]:
    """Those of the words looked for in place of mistyped ones that the first products bear in their names."""
    held = [word for row in results for word in words_of(f"{row['name']} {row['brand']['name']} {row['category']['name']}")]
    return list(dict.fromkeys(word for word in held if word in meant))[:3]


def _plain(price: Decimal | None) -> str | None:
    """`48`, `48.50`"""
    return None if price is None else f"{price:f}".removesuffix(".00")
