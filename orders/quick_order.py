"""A list of codes and quantities as shops write it: what each line means, and which lines mean nothing. One query for all of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from aqad.core import text
from aqad.core.errors import Invalid
from aqad.core.fields import INTEGER_FORM, LARGEST_QUANTITY
from catalog.importing.csv_files import encoding_of
from catalog.models import Product
from catalog.querysets import products_on_sale
from catalog.search.codes import by_codes
from orders.pricing import PricedLine, problem_of

MOST_LINES = 500
LONGEST_LINE = 200
LARGEST_FILE = 1024 * 1024
CELL_MARKS = "\t;,"
# `AF-SFT-014 x 20`, `AF-SFT-014 20`: the last word is the quantity.
WORDS = re.compile(r"(.+?)\s+(?:[xX×*]\s*)?(\S+)")
HEADINGS = frozenset({"sku", "code", "barcode", "gtin", "ean", "reference", "product", "item"})


class Reason(TextChoices):
    """Why a line was not understood."""

    UNREADABLE = "unreadable", _("It holds characters that cannot be read.")
    TOO_LONG = "too_long", _("It is longer than a code and a quantity can be.")
    NO_QUANTITY = "no_quantity", _("The quantity is missing, or is not a whole number.")
    UNKNOWN = "unknown", _("No product on sale has this code.")


@dataclass(frozen=True, slots=True)
class Written:
    """A line as it stands in the list, counted from 1."""

    number: int
    text: str
    code: str = ""
    quantity: int = 0
    wrong: Reason | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    written: Written
    line: PricedLine


@dataclass(frozen=True, slots=True)
class Several:
    """Several vendors sell under this code; the buyer chooses."""

    written: Written
    products: list[Product]


@dataclass(frozen=True, slots=True)
class Review:
    understood: list[Understood]
    several: list[Several]
    not_understood: list[Written]

    @property
    def quantities(self) -> dict[int, int]:
        """Units by product id, repeated products added up."""
        units: dict[int, int] = {}
        for each in self.understood:
            product = each.line.product
            units[product.pk] = min(units.get(product.pk, 0) + each.line.quantity, LARGEST_QUANTITY)
        return units

    @property
    def left_over(self) -> str:
        """The lines that cannot go into the cart as they are, as they were written."""
        rest = [*(each.written for each in self.several), *self.not_understood]
        return "\n".join(written.text for written in sorted(rest, key=lambda written: written.number))


def decoded(raw: bytes) -> str:
    """The text of a file, whatever of the usual encodings it was saved in; what cannot be read becomes a mark in its line."""
    return raw.decode(encoding_of(io.BytesIO(raw)), errors="replace")


def read_list(written: str) -> list[Written]:
    """Every line that says something, but for a row of headings. Raises Invalid for more than 500 of them."""
    lines = [(number, line) for number, line in enumerate(written.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        message = _("At most %(most)s lines at once; these are %(count)s. Please send them in parts.")
        raise Invalid({"lines": [message % {"most": MOST_LINES, "count": len(lines)}]})
    read = [_read(number, line) for number, line in lines]
    return read[1:] if read and _is_heading(read[0]) else read


def review(lines: Sequence[Written], *, picks: Mapping[int, str]) -> Review:
    """What the lines mean now. `picks` says by line which product (`P1001`) is meant where several vendors have the code."""
    readable = [written for written in lines if written.wrong is None]
    products = products_on_sale().select_related("vendor__company", "stock")
    found = by_codes(products, {written.code for written in readable})
    outcome = Review([], [], [written for written in lines if written.wrong is not None])
    for written in readable:
        _place(written, found[written.code], picks.get(written.number), outcome)
    outcome.not_understood.sort(key=lambda written: written.number)
    return outcome


def _place(written: Written, candidates: list[Product], pick: str | None, outcome: Review) -> None:
    meant = [product for product in candidates if product.reference == pick] or candidates
    if len(meant) == 1:
        line = PricedLine(meant[0], written.quantity, problem_of(meant[0], written.quantity, is_on_sale=True))
        outcome.understood.append(Understood(written, line))
    elif meant:
        outcome.several.append(Several(written, meant))
    else:
        outcome.not_understood.append(Written(written.number, written.text, written.code, written.quantity, Reason.UNKNOWN))


def _read(number: int, line: str) -> Written:
    visible = text.FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", line.strip())
    if len(visible) > LONGEST_LINE:
        return Written(number, visible[:LONGEST_LINE] + "…", wrong=Reason.TOO_LONG)
    if "\N{REPLACEMENT CHARACTER}" in visible:
        return Written(number, visible, wrong=Reason.UNREADABLE)
    code, amounts = _cells(text.clean(visible, multiline=True))
    units = next((int(amount) for amount in amounts if INTEGER_FORM.fullmatch(amount)), 0)
    if not code or not 1 <= units <= LARGEST_QUANTITY:
        return Written(number, visible, code, wrong=Reason.NO_QUANTITY)
    return Written(number, visible, code, units)


def _cells(line: str) -> tuple[str, Iterable[str]]:
    """The code, and where the quantity may stand: in a file with more columns the first whole number counts."""
    mark = next((mark for mark in CELL_MARKS if mark in line), None)
    if mark is not None:
        code, *rest = [cell.strip() for cell in next(csv.reader([line], delimiter=mark))]
        return code, rest
    words = WORDS.fullmatch(line)
    return (words[1], [words[2]]) if words else (line, [])


def _is_heading(first: Written) -> bool:
    return first.wrong == Reason.NO_QUANTITY and first.code.lower() in HEADINGS
