"""The one way to search products, whatever the database.

All words, in any order, by prefix; an exact barcode, SKU or reference first; only when nothing matches, words one typo away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet

from aqad.core.references import number_of
from catalog.models import Product
from catalog.names import gtin_spellings
from catalog.search import portable, postgres
from catalog.search.terms import Term, exactly, nearly, rank

MOST_RANKED = 1000
LONGEST_SEARCH = 200
Row = tuple[int, str, str, str]


def matching(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Those of `rows` that answer to `text`."""
    found = _as_written(rows, text)
    return found if found.exists() else _holding(rows, nearly(text))


def ranked(rows: QuerySet[Product], text: str) -> list[int]:
    """The primary keys of what matches, best first; of more than a thousand only the newest 1,001 are looked at."""
    codes, terms = Codes.of(text), exactly(text)
    candidates = _newest(_as_written(rows, text))
    if not candidates:
        terms = nearly(text)
        candidates = _newest(_holding(rows, terms))
    return [row[0] for row in sorted(candidates, key=lambda row: _place(row, codes, terms))]


def forgiven(rows: QuerySet[Product], text: str) -> frozenset[str]:
    """The known words that are looked for in place of mistyped ones; none when something matches as written."""
    if _as_written(rows, text).exists():
        return frozenset()
    return frozenset().union(*(term.wholes for term in nearly(text)))


@dataclass(frozen=True, slots=True)
class Codes:
    """What the whole text would be as a reference, a SKU or a barcode."""

    number: int | None
    skus: frozenset[str]
    barcodes: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Codes:
        word = text.strip()
        return cls(number_of(word, Product.PREFIX), frozenset({word, word.upper(), word.lower()}), frozenset(gtin_spellings(word)))

    def condition(self) -> Q:
        condition = Q(sku__in=sorted(self.skus)) & ~Q(sku="")
        if self.barcodes:
            condition |= Q(barcode__in=sorted(self.barcodes)) & ~Q(barcode="")
        return condition if self.number is None else condition | Q(pk=self.number)

    def name(self, row: Row) -> bool:
        return row[0] == self.number or row[1] in self.skus or row[2] in self.barcodes


def back_end_of(rows: QuerySet[Any]) -> ModuleType:
    return postgres if connections[rows.db].vendor == "postgresql" else portable


def _as_written(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    terms, codes = exactly(text), Codes.of(text).condition()
    return rows.filter(codes | Q(back_end_of(rows).holding(terms))) if terms else rows.filter(codes)


def _holding(rows: QuerySet[Product], terms: Sequence[Term]) -> QuerySet[Product]:
    return rows.filter(back_end_of(rows).holding(terms)) if terms else rows.none()


def _newest(rows: QuerySet[Product]) -> list[Row]:
    return list(rows.order_by("-pk").values_list("pk", "sku", "barcode", "search_text")[: MOST_RANKED + 1])


def _place(row: Row, codes: Codes, terms: Sequence[Term]) -> tuple[bool, int, int, int]:
    return (not codes.name(row), *rank(terms, row[3]), -row[0])
