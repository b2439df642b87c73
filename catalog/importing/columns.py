"""Which column of a file holds what, recognised by its heading in English or Arabic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from aqad.core.text import folded
from catalog.importing.reading import Line, Unreadable

# The first heading of a field that a file has wins; other columns are ignored.
HEADINGS: dict[str, tuple[str, ...]] = {
    "sku": (
        "sku", "item code", "product code", "item no", "item number", "article", "article no", "article number", "stock code",
        "part number", "model", "model no", "reference", "ref", "code", "رمز المنتج", "رقم الصنف", "كود",
    ),
    "barcode": ("barcode", "bar code", "gtin", "ean", "ean13", "ean 13", "upc", "ean upc", "barcode no", "الباركود", "باركود"),
    "name": (
        "name", "product name", "item name", "article name", "product title", "title", "product", "item", "الاسم", "اسم المنتج", "المنتج",
        "الصنف",
    ),
    "description": (
        "description", "long description", "product description", "item description", "details", "product details", "الوصف",
    ),
    "price": (
        "price", "price aed", "unit price", "unit price aed", "price per carton", "carton price", "wholesale price", "selling price",
        "price dhs", "price excl vat", "price ex vat", "list price", "السعر", "سعر الوحده",
    ),
    "quantity": (
        "quantity", "qty", "stock", "on hand", "stock on hand", "qty on hand", "quantity on hand", "stock qty", "stock quantity",
        "inventory", "الكميه", "المخزون",
    ),
    "category": ("category", "category name", "main category", "department", "group", "الفئه", "التصنيف", "القسم"),
    "subcategory": ("subcategory", "sub category", "sub category name", "sub group", "subgroup", "الفئه الفرعيه", "التصنيف الفرعي"),
    "brand": ("brand", "brand name", "manufacturer", "make", "العلامه التجاريه", "الماركه"),
    "pack_size": ("pack size", "packsize", "pack", "packing", "packaging", "size", "weight", "volume", "حجم العبوه", "العبوه"),
    "units_per_pack": (
        "units per pack", "units per carton", "pieces per carton", "pcs per carton", "pcs ctn", "qty per carton", "carton qty",
        "pack qty", "case qty", "units per case", "inner qty", "عدد القطع",
    ),
    "unit": ("unit", "uom", "unit of measure", "sales unit", "selling unit", "الوحده"),
    "vat_rate": ("vat", "vat rate", "vat percent", "vat pct", "tax", "tax rate", "الضريبه", "ضريبه القيمه المضافه"),
    "min_order_quantity": (
        "min order quantity", "minimum order quantity", "min order qty", "minimum order", "min order", "moq", "min qty",
        "الحد الادني للطلب",
    ),
    "order_multiple": ("order multiple", "multiple", "order in multiples of", "lot size"),
    "low_stock_at": ("low stock at", "low stock", "reorder level", "reorder point", "minimum stock", "min stock"),
    "status": ("status", "الحاله"),
}  # fmt: skip
KEYS = ("name", "sku", "barcode")
PROBLEM = "import_problem"  # the heading of the last column of errors.csv
LINES_BEFORE = 10  # titles may stand above the headings
MEANINGS = {folded(heading): (field, rank) for field, headings in HEADINGS.items() for rank, heading in enumerate(headings)}


@dataclass(frozen=True, slots=True)
class Columns:
    """`headings` as they came; `places` says in which column a field stands."""

    headings: list[str]
    places: dict[str, int]
    ignored: int | None = None  # where a file that was mended keeps the former reasons

    def trimmed(self, cells: Sequence[str]) -> list[str]:
        """The cells under the headings, without the former reasons; further ones only when they hold something."""
        return [cell for place, cell in enumerate(cells) if place != self.ignored]

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """What a line says of each field; empty cells say nothing."""
        return {field: cells[place] for field, place in self.places.items() if place < len(cells) and cells[place]}


def find(lines: Sequence[Line]) -> tuple[int, Columns]:
    """Which of the first lines holds the headings, and what they mean. Raises Unreadable."""
    for place, line in enumerate(lines):
        columns = _read(line.cells)
        if len(columns.places) > 1 and any(key in columns.places for key in KEYS):
            return place, columns
    found = ", ".join(cell[:40] for cell in lines[0].cells[:12]) if lines else ""
    message = _("The first row must name the columns, such as name, price, quantity, category, brand, sku, barcode. Found: %(found)s.")
    raise Unreadable(message % {"found": found or "-"})


def _read(cells: list[str]) -> Columns:
    best: dict[str, tuple[int, int]] = {}
    words = [folded(cell.replace("_", " ")) for cell in cells]
    ignored = next((place for place, cell in enumerate(cells) if cell == PROBLEM), None)
    for place, word in enumerate(words):
        field, rank = MEANINGS.get(word, ("", 0))
        if not field or place == ignored:
            continue
        if words.index(word) != place:
            raise Unreadable(_("Two columns are called %(name)s.") % {"name": cells[place]})
        if field not in best or rank < best[field][0]:
            best[field] = (rank, place)
    places = {field: place for field, (_rank, place) in best.items()}
    if "description" in places and "name" not in places:
        places["name"] = places.pop("description")  # "description" is what many shops call the name
    kept = [place for place in range(len(cells)) if place != ignored]
    return Columns([cells[p] for p in kept], {field: kept.index(p) for field, p in places.items()}, ignored)
