"""The public lists: products, categories, brands. Served as stored bytes (core.stored); here is how they are read and built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from aqad.core import text
from aqad.core.errors import FieldErrors, Invalid, Words
from aqad.core.fields import MONEY_FORM
from aqad.core.money import LARGEST_PRICE
from aqad.core.pagination import (
    DEEPEST_ROW,
    Window,
    bad_cursor,
    behind,
    decode_cursor,
    encode_cursor,
    envelope,
    paginate,
    place_of,
    read_window,
    refuse_unknown,
)
from aqad.core.prepared import Prepared
from aqad.core.references import number_of
from aqad.core.stored import StoredList
from aqad.core.subqueries import CountOf
from catalog.freshness import SUBJECT
from catalog.models import Brand, Category, Product
from catalog.names import is_slug
from catalog.querysets import products_on_sale, products_to_count
from catalog.search.finding import LONGEST_SEARCH, MOST_RANKED, matching, ranked
from catalog.showing import columns, on_sale_among, shown, shown_on_sale

FILTERS = ("search", "category", "brand", "vendor", "min_price", "max_price", "in_stock", "sort")
SORTS: dict[str, tuple[str, ...]] = {
    "newest": ("-pk",),
    "price": ("price", "pk"),
    "-price": ("-price", "-pk"),
    "name": ("name", "pk"),
}
# Indexes hold these with the newest first, so that no other way is ever better; of a span of prices or a category it hangs on the values.
BRAND = "brand"
FOUND_IN_ORDER = frozenset({"vendor", BRAND})
IS_A_SPAN = frozenset({"price__gte", "price__lte"})
RELEVANCE = "relevance"
IN_STOCK = "in_stock"
BRAND_SORTS: dict[str, tuple[str, ...]] = {"newest": ("-pk",), "name": ("name", "pk")}


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """A checked query of the list of products; equal ones share a stored page."""

    window: Window
    search: str | None
    category: str | None
    brand: str | None
    vendor: int | None
    min_price: Decimal | None
    max_price: Decimal | None
    in_stock: bool | None
    sort: str


@dataclass(frozen=True, slots=True)
class BrandQuery:
    window: Window
    sort: str


def read_products(query: QueryDict | Mapping[str, str]) -> ProductQuery:
    """Raises Invalid naming every parameter that is unknown or wrong."""
    refuse_unknown(query, FILTERS)
    given: dict[str, Any] = dict(query.items())  # a QueryDict raises three errors to say that it has no such parameter
    wrong: FieldErrors = {}
    search = _read(given, "search", _search, wrong)
    wanted = ProductQuery(
        window=read_window(given),
        search=search,
        category=_read(given, "category", _slug, wrong),
        brand=_read(given, "brand", _slug, wrong),
        vendor=_read(given, "vendor", _vendor, wrong),
        min_price=_read(given, "min_price", _price, wrong),
        max_price=_read(given, "max_price", _price, wrong),
        in_stock=_read(given, "in_stock", _yes_or_no, wrong),
        sort=_read(given, "sort", _one_of(*SORTS, RELEVANCE), wrong) or (RELEVANCE if search else "newest"),
    )
    if wrong:
        raise Invalid(wrong)
    return wanted


def build_products(wanted: ProductQuery) -> dict[str, Any]:
    """One page: one query, two where the best plan hangs on what is asked; a search looks for what matches first."""
    order, window = SORTS.get(wanted.sort, SORTS["newest"]), wanted.window
    if not wanted.search:
        return _plain_list(_filters(wanted), order, window)
    if wanted.sort == RELEVANCE:
        return _by_relevance(narrowed(wanted), wanted.search, window)
    return paginate(columns(matching(narrowed(wanted), wanted.search)), _as_parameters(window), order=order, show=shown)


def read_categories(query: QueryDict) -> tuple[()]:
    """Raises Invalid: the tree is given whole."""
    if query:
        raise Invalid({name: [_("Unknown parameter.")] for name in query})
    return ()


def build_categories(_wanted: tuple[()]) -> dict[str, Any]:
    """The whole tree in one query, by name on every level."""
    below: dict[int | None, list[tuple[int, str, str]]] = {}
    for pk, parent, slug, name in Category.objects.using("default").order_by("name", "pk").values_list("pk", "parent_id", "slug", "name"):
        below.setdefault(parent, []).append((pk, slug, name))

    def nodes(parent: int | None) -> list[dict[str, Any]]:
        return [{"slug": slug, "name": name, "children": nodes(pk)} for pk, slug, name in below.get(parent, [])]

    return {"results": nodes(None)}


def read_brands(query: QueryDict) -> BrandQuery:
    """Raises Invalid."""
    refuse_unknown(query, ("sort",))
    wrong: FieldErrors = {}
    sort = _read(query, "sort", _one_of(*BRAND_SORTS), wrong) or "newest"
    if wrong:
        raise Invalid(wrong)
    return BrandQuery(read_window(query), sort)


def build_brands(wanted: BrandQuery) -> dict[str, Any]:
    rows = Brand.objects.using("default").values("id", "slug", "name")
    order = BRAND_SORTS[wanted.sort]
    return paginate(
        rows, _as_parameters(wanted.window), order=order, show=lambda page: [{"slug": row["slug"], "name": row["name"]} for row in page]
    )


PRODUCTS = StoredList("products", subject=SUBJECT, read=read_products, build=build_products, path="/api/products")
CATEGORIES = StoredList("categories", subject=SUBJECT, read=read_categories, build=build_categories, path="/api/categories")
BRANDS = StoredList("brands", subject=SUBJECT, read=read_brands, build=build_brands, path="/api/brands")


def narrowed(wanted: ProductQuery) -> QuerySet[Product]:
    """What is on sale, narrowed; always from the writer, since it will be stored."""
    return _narrowed_by(products_on_sale(), _filters(wanted))


def _filters(wanted: ProductQuery) -> dict[str, Any]:
    """The lookups that narrow, with their values."""
    given = {
        "category__in": None if wanted.category is None else _with_descendants(wanted.category),
        BRAND: wanted.brand,
        "vendor": wanted.vendor,
        "price__gte": wanted.min_price,
        "price__lte": wanted.max_price,
        IN_STOCK: None if wanted.in_stock is None else int(wanted.in_stock),
    }
    return {lookup: value for lookup, value in given.items() if value is not None}


def _narrowed_by(products: QuerySet[Product], filters: Mapping[str, Any]) -> QuerySet[Product]:
    rows = products.using("default")
    for lookup, value in filters.items():
        if lookup == BRAND:  # its number first: of a brand that is joined, PostgreSQL cannot know that it is only one
            rows = rows.filter(brand=Subquery(Brand.objects.filter(slug=value).values("pk")[:1]))
        elif lookup != IN_STOCK:
            rows = rows.filter(**{lookup: value})
        elif value:
            rows = rows.filter(stock__on_hand__gt=F("stock__reserved"))
        else:  # written out: `exclude` would ask a subquery for every row
            rows = rows.filter(Q(stock=None) | Q(stock__on_hand__lte=F("stock__reserved")))
    return rows


def _plain_list(filters: dict[str, Any], order: tuple[str, ...], window: Window) -> dict[str, Any]:
    """One page of what no search narrows, by questions that are in SQL already.

    A list that an index holds in its order has one best way, whatever the values: one question gives the page and how many match. Of any
    other, what matches is counted first, since in the order of the page the planner might go through everything there is; of at most a
    thousand the same statement cuts the page out. What is on the page is looked up by its keys.
    """
    place = [] if window.cursor is None else place_of(Product, order, window.cursor)
    in_stock = filters.pop(IN_STOCK, None)
    start = 0 if window.cursor is not None else window.offset
    cut = slice(start, start + window.limit + 1)
    lookups, values = tuple(filters), list(filters.values())
    if in_stock is None and (not lookups or (order == SORTS["newest"] and FOUND_IN_ORDER.issuperset(lookups))):
        steady = _steady(lookups, order, is_after=bool(place), start=cut.start, stop=cut.stop)
        found = steady.rows.all(*values, *place)
        number = found[0]["counted"] if found else steady.counted.count(*values)
        page, has_more = found[: window.limit], len(found) > window.limit
    else:
        narrow = _narrow(lookups, in_stock, order, is_after=bool(place), start=cut.start, stop=cut.stop)
        number, keys = narrow.counted.part(*values, order=order, place=place, window=cut, most=DEEPEST_ROW)
        if number > DEEPEST_ROW:
            keys = [row["pk"] for row in narrow.keys.all(*values, *place)]
        page, has_more = _in_order_of(keys[: window.limit]), len(keys) > window.limit
    following = encode_cursor(page[-1], order) if has_more and page else None
    return envelope(shown(page), window, counted=number, next_cursor=following)


@dataclass(frozen=True, slots=True)
class _Steady:
    """The rows of a page and one more, which say how many match besides, no further than is told; and that alone, if there are no rows."""

    rows: Prepared[dict[str, Any]]
    counted: Prepared[dict[str, Any]]


@lru_cache(maxsize=500)
def _steady(lookups: tuple[str, ...], order: tuple[str, ...], *, is_after: bool, start: int, stop: int) -> _Steady:
    def counted(*values: Any) -> QuerySet[Product, Any]:
        return _narrowed_by(products_to_count(), dict(zip(lookups, values, strict=True))).values("pk")[: DEEPEST_ROW + 1]

    def rows(*values: Any) -> QuerySet[Any, dict[str, Any]]:
        own, place = values[: len(lookups)], values[len(lookups) :]
        more = {"counted": CountOf(counted(*own))}
        reached = _reached(products_on_sale(), dict(zip(lookups, own, strict=True)), order, place, is_after=is_after)
        if start == 0:
            return columns(reached).annotate(**more)[:stop]
        # Names and pictures are looked up row by row: not for the hundreds that are passed over.
        on_page = Product.objects.using("default").filter(pk__in=reached.values("pk")[start:stop])
        return columns(on_page).annotate(**more).order_by(*order)

    return _Steady(Prepared(rows), Prepared(counted))


@dataclass(frozen=True, slots=True)
class _Narrow:
    """The keys of all that match, no further than is told; and those of a page and one more, for when there are more than that."""

    counted: Prepared[dict[str, Any]]
    keys: Prepared[dict[str, Any]]


@lru_cache(maxsize=500)
def _narrow(lookups: tuple[str, ...], in_stock: int | None, order: tuple[str, ...], *, is_after: bool, start: int, stop: int) -> _Narrow:
    def filters(values: Sequence[Any]) -> dict[str, Any]:
        own = dict(zip(lookups, values, strict=True))
        return own if in_stock is None else {**own, IN_STOCK: in_stock}

    def counted(*values: Any) -> QuerySet[Any, dict[str, Any]]:
        # The first thousand of a span of prices lie side by side in an index, if they are asked for in its order.
        in_order = SORTS["price"] if IS_A_SPAN.issuperset(lookups) and lookups else ()
        matching = _narrowed_by(products_to_count(), filters(values)).order_by(*in_order)
        return matching.values(*[name.lstrip("-") for name in order])[: DEEPEST_ROW + 1]

    def keys(*values: Any) -> QuerySet[Product, Any]:
        own, place = values[: len(lookups)], values[len(lookups) :]
        return _reached(products_to_count(), filters(own), order, place, is_after=is_after).values("pk")[start:stop]

    return _Narrow(Prepared(counted, planned_once=False), Prepared(keys, planned_once=False))


def _reached(
    products: QuerySet[Product], filters: Mapping[str, Any], order: tuple[str, ...], place: Sequence[Any], *, is_after: bool
) -> QuerySet[Product]:
    """What matches, in that order, from the place on if there is one."""
    found = _narrowed_by(products, filters)
    return (found.filter(behind(order, place)) if is_after else found).order_by(*order)


def _in_order_of(keys: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of these products that are still on sale."""
    rows = {row["id"]: row for row in on_sale_among.all(list(keys))}
    return [rows[key] for key in keys if key in rows]


def _with_descendants(slug: str) -> list[int]:
    """The category of this slug and all below it; none for an unknown one."""
    below: dict[int | None, list[int]] = {}
    found: list[int] = []
    for pk, parent, its_slug in Category.objects.using("default").values_list("pk", "parent_id", "slug"):
        below.setdefault(parent, []).append(pk)
        if its_slug == slug:
            found.append(pk)
    for pk in found:
        found.extend(below.get(pk, []))
    return found


def _by_relevance(rows: QuerySet[Product], search: str, window: Window) -> dict[str, Any]:
    """The ranked first thousand; the cursor is a place among them."""
    start = window.offset if window.cursor is None else _place(window.cursor)
    best = ranked(rows, search)
    end = min(start + window.limit, MOST_RANKED)
    wanted = best[start:end]
    found = shown_on_sale(wanted)
    following = encode_cursor({RELEVANCE: end}, (RELEVANCE,)) if end < min(len(best), MOST_RANKED) else None
    return envelope([found[pk] for pk in wanted if pk in found], window, counted=len(best), next_cursor=following)


def _place(cursor: str) -> int:
    (place,) = decode_cursor(cursor, (RELEVANCE,))
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place <= MOST_RANKED:
        raise bad_cursor()
    return place


def _as_parameters(window: Window) -> dict[str, str]:
    where = {"page": str(window.page)} if window.cursor is None else {"cursor": window.cursor}
    return {**where, "limit": str(window.limit)}


class _Wrong(ValueError):
    def __init__(self, message: Words) -> None:
        self.message = message
        super().__init__(str(message))


def _read(query: QueryDict | Mapping[str, str], name: str, parse: Callable[[str], Any], wrong: FieldErrors) -> Any:
    value = query.get(name)
    if value is None:
        return None
    try:
        return parse(value)
    except _Wrong as error:
        wrong[name] = [error.message]
        return None


def _search(value: str) -> str | None:
    if len(value) > LONGEST_SEARCH:
        raise _Wrong(_("A search has at most %(most)s characters.") % {"most": LONGEST_SEARCH})
    try:
        return text.clean(value) or None
    except text.Unclean:
        raise _Wrong(_("This holds characters that cannot be used.")) from None


def _slug(value: str) -> str:
    if not is_slug(value):
        raise _Wrong(_("A slug is expected, like soft-drinks."))
    return value.lower()


def _vendor(value: str) -> int:
    number = number_of(value, "V")
    if number is None:
        raise _Wrong(_("A reference such as V1001 is expected."))
    return number


def _price(value: str) -> Decimal:
    if not MONEY_FORM.fullmatch(value) or not 0 <= Decimal(value) <= LARGEST_PRICE:
        raise _Wrong(_("An amount in AED from 0.00 to 999999.99 is expected, like 48.00."))
    return Decimal(value).quantize(Decimal("0.01"))


def _yes_or_no(value: str) -> bool:
    if value not in {"true", "false"}:
        raise _Wrong(_("true or false is expected."))
    return value == "true"


def _one_of(*known: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in known:
            raise _Wrong(_("It must be one of %(known)s.") % {"known": ", ".join(known)})
        return value

    return parse
