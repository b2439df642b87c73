"""One line of a file, under the same strict rules as a product that is sent by API."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from aqad.core.fields import NAME_LENGTH, TextField
from catalog.api.serializers import ProductBody
from catalog.importing.columns import Columns
from catalog.importing.reading import UNREADABLE
from catalog.names import is_gtin

UNDOABLE = re.compile(r"'(?=[=+\-@\t\r\n＝＋－＠])")  # how errors.csv disarms a cell
BROKEN_CELLS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
ZERO_FRACTION = re.compile(r"(-?[0-9]{1,18})\.0{1,10}", re.ASCII)
SPARE_ZEROS = re.compile(r"(-?[0-9]{1,12}\.[0-9]{2})0{1,10}", re.ASCII)
CURRENCY = re.compile(r"(?:AED|DHS?|د\.إ)\.?", re.IGNORECASE)
ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
GTIN_LENGTHS = (8, 12, 13, 14)


@dataclass(slots=True)
class Parsed:
    """`values` are clean and of their types; `problems` are sentences for the person who sent the file."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def parse(columns: Columns, cells: list[str]) -> Parsed:
    """What a line says of a product. A cell that is wrong is a problem; an empty one says nothing."""
    parsed = Parsed()
    for name, cell in columns.values(cells).items():
        try:
            parsed.values[name] = _value(name, cell)
        except serializers.ValidationError as error:
            parsed.problems.extend(f"{columns.headings[columns.places[name]]}: {words}" for words in _sentences(error.detail))
    if not (parsed.problems or {"name", "sku", "barcode"} & parsed.values.keys()):
        parsed.problems.append(_("A name, a SKU or a barcode is needed."))
    if len(cells) > len(columns.headings):
        parsed.problems.append(_("There are more cells than columns; text that holds a comma must stand in quotation marks."))
    return parsed


@lru_cache(maxsize=4096)
def _value(name: str, cell: str) -> Any:
    """Remembered, since categories, brands, sizes and prices recur. Raises ValidationError."""
    if cell in BROKEN_CELLS:
        raise serializers.ValidationError(_("The spreadsheet says %(cell)s here.") % {"cell": cell})
    if UNREADABLE in cell:
        raise serializers.ValidationError(_("This holds characters that cannot be read."))
    text = UNDOABLE.sub("", cell, count=1) if cell.startswith("'") else cell
    tidy = TIDIED.get(name, one_line)
    return _fields()[name].run_validation(tidy(text))


def one_line(text: str) -> str:
    """Line breaks within a cell, and rows of spaces, are one space."""
    return " ".join(text.split())


def _as_is(text: str) -> str:
    return text


def _whole(text: str) -> str:
    """400.0, as spreadsheets and exports write it, is 400."""
    match = ZERO_FRACTION.fullmatch(text)
    return match[1] if match else text


def _amount(text: str) -> str:
    """`AED 12.50`, `12.500`: 12.50."""
    bare = CURRENCY.sub("", text).strip()
    match = SPARE_ZEROS.fullmatch(bare)
    return match[1] if match else bare


def _per_cent(text: str) -> str:
    """`5%`; and 0.05, which is how a spreadsheet keeps 5 %."""
    bare = text.removesuffix("%").strip()
    return "5" if bare == "0.05" else _amount(bare)


def _gtin(text: str) -> str:
    """Without spaces and hyphens; zeros that a spreadsheet took from its front are put back where the check digit proves them."""
    if ROUNDED.fullmatch(text):
        raise serializers.ValidationError(_("The spreadsheet rounded this number; format the column as text and enter it again."))
    digits = _whole(re.sub(r"[\s-]", "", text))
    if digits.isascii() and digits.isdigit() and len(digits) not in GTIN_LENGTHS:
        longer = (digits.zfill(length) for length in GTIN_LENGTHS if length > len(digits) >= 6)
        return next(filter(is_gtin, longer), digits)
    return digits


TIDIED: Mapping[str, Callable[[str], str]] = {
    "description": _as_is,
    "price": _amount,
    "vat_rate": _per_cent,
    "barcode": _gtin,
    "status": str.lower,
    **dict.fromkeys(("quantity", "units_per_pack", "min_order_quantity", "order_multiple", "low_stock_at"), _whole),
}


@cache
def _fields() -> dict[str, Any]:
    """The very fields that a product's body has; as in a form, numbers come as text."""
    fields = dict(ProductBody(data=QueryDict()).fields)
    names = Names(data=QueryDict()).fields
    return {**fields, **names}


class Names(serializers.Serializer[Any]):
    """Categories and brands are named in a file, where the API takes their slugs."""

    category = TextField(max_length=NAME_LENGTH)
    subcategory = TextField(max_length=NAME_LENGTH)
    brand = TextField(max_length=NAME_LENGTH)


def _sentences(detail: Any) -> list[str]:
    return [str(words) for words in (detail if isinstance(detail, list) else [detail])]
