"""Some hundred lines of a file into the catalogue at once: what is new, what differs, what is so already, what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext as _

from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from catalog.actions import classifying, products, stock
from catalog.actions.classifying import Path, Tree
from catalog.actions.products import NewProduct, ProductFields
from catalog.importing.scratch import Row
from catalog.models import Brand, Category, Product
from catalog.statuses import ProductStatus
from vendors.models import Vendor

NEEDED = ("name", "price", "category")
DECIMALS = ("price", "vat_rate")
UNBRANDED = "Unbranded"
REASON = "import"  # of the movements in the ledger


@dataclass(slots=True)
class Outcome:
    """What became of a batch; `refused` holds each failed row with its reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused

    def sift(self, rows: Iterable[Row], problem: Callable[[Row], str | None]) -> list[Row]:
        """Those without a problem; the others are refused for it."""
        good = []
        for row in rows:
            found = problem(row)
            if found is None:
                good.append(row)
            else:
                self.refused.append((row, found))
        return good


@dataclass(frozen=True, slots=True)
class Batch:
    """On whose shelf the rows go and who puts them there; a dry run only looks."""

    vendor: Vendor
    actor: Actor
    dry_run: bool

    def load(self, rows: Sequence[Row]) -> Outcome:
        """Create and change products, in the caller's transaction.

        A row that is wrong is refused and stops no other. What only the database can tell (a SKU that somebody took this moment)
        raises, and the whole batch with it.
        """
        outcome = Outcome()
        repeats = {row.place for row in rows if row.is_repeat and row.problem is None}
        outcome.unchanged += len(repeats)
        good = outcome.sift((row for row in rows if row.place not in repeats), _known_problem)
        known = self._products(good)
        good = outcome.sift(good, lambda row: _lack(row, known))
        good = outcome.sift(good, lambda row: _shortfall(row, known))
        good, categories = self._categories(good, outcome)
        good, brands = self._brands(good, outcome)
        fields = {row.place: _fields(row, categories, brands) for row in good}
        self._create([row for row in good if row.product is None], fields, outcome)
        self._change([row for row in good if row.product is not None], fields, known, outcome)
        return outcome

    def _products(self, rows: Sequence[Row]) -> dict[int, Product]:
        numbers = [row.product for row in rows if row.product is not None]
        found = Product.objects.filter(pk__in=numbers, vendor=self.vendor).exclude(status=ProductStatus.ARCHIVED)
        return {product.pk: product for product in found.select_related("stock", "category", "brand")}

    def _categories(self, rows: list[Row], outcome: Outcome) -> tuple[list[Row], dict[Path, Category]]:
        """The category of each path that the rows name; missing ones are made, or their rows refused, as the setting says."""
        paths = list(dict.fromkeys(path for row in rows if any(path := _path(row))))
        if not paths:
            return rows, {}
        tree, found, problems, planted = Tree(), {}, {}, []
        for path in paths:
            try:
                category = tree.find(path)
                if category is None and not settings.IMPORT_CREATES_CATEGORIES:
                    problems[path] = _("There is no category %(name)s.") % {"name": " / ".join(filter(None, path))}
                    continue
                if category is None:
                    planted += tree.plant(path)
                found[path] = category or planted[-1]
            except Invalid as refusal:
                problems[path] = str(refusal.message)
        good = outcome.sift(rows, lambda row: problems.get(_path(row)))
        if planted and not self.dry_run:
            classifying.add_categories(planted, actor=self.actor)
        return good, found

    def _brands(self, rows: list[Row], outcome: Outcome) -> tuple[list[Row], dict[str, Brand]]:
        """The brand of each name, made where it is missing."""
        names = list(dict.fromkeys(name for row in rows if (name := _brand(row))))
        brands = classifying.brands_named(names) if names else {}
        missing = _("Brand: A name needs letters or digits.")
        good = outcome.sift(rows, lambda row: missing if _brand(row) and _brand(row) not in brands else None)
        if not self.dry_run and any(brand.pk is None for brand in brands.values()):
            classifying.add_brands(brands.values(), actor=self.actor)
        return good, brands

    def _create(self, rows: list[Row], fields: dict[int, ProductFields], outcome: Outcome) -> None:
        new = [NewProduct(fields[row.place], row.values.get("quantity", 0)) for row in rows]
        if new and not self.dry_run:
            products.create_products(vendor=self.vendor, new=new, actor=self.actor)
        outcome.created += len(new)

    def _change(self, rows: list[Row], fields: dict[int, ProductFields], known: dict[int, Product], outcome: Outcome) -> None:
        about = {row.place: known[cast(int, row.product)] for row in rows}
        counted = {product.pk: row.values["quantity"] for row in rows if _is_recounted(row, product := about[row.place])}
        short: set[int] = set()
        if counted and not self.dry_run:
            short = set(stock.count_all(counted, reason=REASON, actor=self.actor))
        rows = outcome.sift(rows, lambda row: _held(about[row.place]) if about[row.place].pk in short else None)
        changes = [(about[row.place], fields[row.place]) for row in rows if _differs(about[row.place], fields[row.place])]
        if changes and not self.dry_run:
            products.update_products(changes, actor=self.actor)
        touched = {product.pk for product, _fields in changes} | counted.keys() - short
        outcome.updated += len(touched)
        outcome.unchanged += len(rows) - len(touched)


def _known_problem(row: Row) -> str | None:
    if row.problem is not None:
        return row.problem
    if row.twin is not None:
        return _("Row %(number)s is about the same product; keep one of the two.") % {"number": row.twin}
    return None


def _lack(row: Row, known: dict[int, Product]) -> str | None:
    """What a new product needs and this row does not say."""
    if row.product is not None:
        return None if row.product in known else _("The product was archived while the file was read. Send this row again.")
    lacking = [name for name in NEEDED if not row.values.get(name) and not (name == "category" and row.values.get("subcategory"))]
    return _("This product is new, so it needs: %(names)s.") % {"names": ", ".join(lacking)} if lacking else None


def _shortfall(row: Row, known: dict[int, Product]) -> str | None:
    if row.product is None or "quantity" not in row.values:
        return None
    product = known[row.product]
    return _held(product) if row.values["quantity"] < product.stock.reserved else None


def _held(product: Product) -> str:
    words = _("Quantity: orders hold %(reserved)s of this product; the stock cannot go below that.")
    return words % {"reserved": product.stock.reserved}


def _path(row: Row) -> Path:
    return row.values.get("category", ""), row.values.get("subcategory", "")


def _brand(row: Row) -> str:
    """A product that is new and has none is unbranded; of one that is known an empty cell says nothing."""
    return row.values.get("brand", "") or (UNBRANDED if row.product is None else "")


def _fields(row: Row, categories: dict[Path, Category], brands: dict[str, Brand]) -> ProductFields:
    fields: dict[str, Any] = {
        name: Decimal(value) if name in DECIMALS else value
        for name, value in row.values.items()
        if name not in {"quantity", "category", "subcategory", "brand"}
    }
    if any(path := _path(row)):
        fields["category"] = categories[path]
    if brand := _brand(row):
        fields["brand"] = brands[brand]
    return cast(ProductFields, fields)


def _is_recounted(row: Row, product: Product) -> bool:
    return "quantity" in row.values and row.values["quantity"] != product.stock.on_hand


def _differs(product: Product, fields: ProductFields) -> bool:
    return any(getattr(product, name) != value for name, value in fields.items())
