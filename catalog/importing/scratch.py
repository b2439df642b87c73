"""A file's lines beside the vendor's products, in a scratch database on disk: memory stays flat however long the file is.

Which line is which product is settled for the whole file before anything is written, so it does not depend on batches, on a worker
that was killed, or on whether the file is sent again.
"""

# ruff: noqa: S608  (statements are put together of pieces that stand here; what a file says is always a parameter)

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from aqad.core.rendering import dump

TABLES = """
CREATE TABLE line (
    place INTEGER PRIMARY KEY, number INTEGER, cells TEXT, vals TEXT, problem TEXT,
    sku TEXT, barcode TEXT, label TEXT, folded TEXT, product INTEGER, twin INTEGER, is_repeat INTEGER DEFAULT 0
);
CREATE TABLE known (product INTEGER PRIMARY KEY, sku TEXT, barcode TEXT, label TEXT, folded TEXT, is_taken INTEGER DEFAULT 0);
"""
INDEXES = """
CREATE INDEX line_sku ON line (sku) WHERE sku <> '';
CREATE INDEX line_barcode ON line (barcode) WHERE barcode <> '';
CREATE INDEX line_key ON line (label, barcode, sku);
CREATE INDEX line_folded ON line (folded);
CREATE INDEX known_sku ON known (sku) WHERE sku <> '';
CREATE INDEX known_barcode ON known (barcode, sku) WHERE is_taken = 0 AND barcode <> '';
CREATE INDEX known_key ON known (label, barcode, sku) WHERE is_taken = 0;
CREATE INDEX known_folded ON known (folded, barcode, sku) WHERE is_taken = 0;
"""
PAGE = 500
OPEN = "product IS NULL AND twin IS NULL AND problem IS NULL"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file. `product` is the one it is about, `twin` the number of another line about the same product."""

    place: int
    number: int
    cells: list[str]
    values: dict[str, Any]
    problem: str | None
    product: int | None
    twin: int | None
    is_repeat: bool


@contextmanager
def opened() -> Iterator[Scratch]:
    """An empty scratch database in a temporary file that goes when the block ends."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA cache_size = -4096; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; {TABLES} BEGIN")
        yield Scratch(connection)


class Scratch:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.total = 0

    def add(self, number: int, cells: list[str], values: dict[str, Any], problem: str | None) -> None:
        label = label_of(values.get("name", ""), values.get("pack_size", ""))
        barcode = values.get("barcode", "").lstrip("0")
        self.total += 1
        self._db.execute(
            "INSERT INTO line (place, number, cells, vals, problem, sku, barcode, label, folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.total, number, orjson.dumps(cells), dump(values), problem,
                values.get("sku", ""), barcode, label, label.casefold(),
            ),
        )  # fmt: skip

    def add_known(self, products: Iterable[tuple[int, str, str, str, str]]) -> None:
        """Products of the vendor: pk, SKU, barcode, name, pack size."""
        rows = ((pk, sku, barcode.lstrip("0"), label_of(name, pack_size)) for pk, sku, barcode, name, pack_size in products)
        self._db.executemany(
            "INSERT INTO known (product, sku, barcode, label, folded) VALUES (?, ?, ?, ?, ?)",
            ((pk, sku, barcode, label, label.casefold()) for pk, sku, barcode, label in rows),
        )

    def match(self, *, ambiguous: str, tick: Callable[[], None]) -> None:
        """Settle which line is which product: by SKU, else by barcode, else by name and pack size.

        A product is taken by one line only. Within a barcode the name and pack size decide, since shops share barcodes between
        products; where they cannot, `ambiguous` is what is wrong with the line.
        """
        self._db.executescript(f"{INDEXES} BEGIN")
        for step in (
            self._find_twins,
            self._take_by_sku,
            self._take_by_barcode_and_label,
            partial(self._take_only_of_barcode, ambiguous),
            self._take_by_label,
            self._take_only_of_folded_label,
            self._find_hidden_twins,
        ):
            step()
            tick()

    def batch(self, after: int, size: int) -> list[Row]:
        """The next lines behind the place `after`."""
        found = self._db.execute(
            "SELECT place, number, cells, vals, problem, product, twin, is_repeat FROM line WHERE place > ? ORDER BY place LIMIT ?",
            (after, size),
        )
        return [
            Row(place, number, orjson.loads(cells), orjson.loads(values), problem, product, twin, bool(repeat))
            for place, number, cells, values, problem, product, twin, repeat in found
        ]

    def _find_twins(self) -> None:
        """Lines that bear the same key as an earlier one; a repeat is the same in every cell."""
        same_sku = "line f INDEXED BY line_sku WHERE f.sku = line.sku AND f.sku <> ''"
        same_label = "line f INDEXED BY line_key WHERE f.label = line.label AND f.barcode = line.barcode AND f.sku = ''"
        for where, same in (("sku <> ''", same_sku), ("sku = ''", same_label)):
            earlier = f"(SELECT min(f.place) FROM {same} AND f.place < line.place AND f.problem IS NULL)"
            self._db.execute(f"UPDATE line SET twin = {earlier} WHERE {where} AND problem IS NULL")
        first = "FROM line f WHERE f.place = line.twin"
        self._db.execute(
            f"UPDATE line SET twin = (SELECT f.number {first}), is_repeat = (SELECT f.cells = line.cells {first}) WHERE twin IS NOT NULL"
        )

    def _take_by_sku(self) -> None:
        self._db.execute(
            f"UPDATE line SET product = (SELECT k.product FROM known k WHERE k.sku = line.sku AND k.sku <> '') WHERE sku <> '' AND {OPEN}"
        )
        self._db.execute("UPDATE known SET is_taken = 1 WHERE product IN (SELECT product FROM line WHERE product IS NOT NULL)")

    def _take_by_barcode_and_label(self) -> None:
        for place, sku, barcode, label in self._open("barcode <> ''"):
            self._take_first(place, self._free(sku, "barcode = ? AND label = ?", barcode, label))

    def _take_only_of_barcode(self, ambiguous: str) -> None:
        """The product that alone is left of a barcode is the line that alone is left of it: its name was changed."""
        lines = f"SELECT place, sku FROM line WHERE barcode = ? AND barcode <> '' AND {OPEN}"
        for barcode, count, _place in self._groups("barcode"):
            for place, sku in self._db.execute(lines, (barcode,)).fetchall():
                free = self._free(sku, "barcode = ? AND barcode <> ''", barcode)
                if len(free) == count == 1:
                    self._take_first(place, free)
                elif free:
                    self._db.execute("UPDATE line SET problem = ? WHERE place = ?", (ambiguous, place))

    def _take_by_label(self) -> None:
        for place, sku, barcode, label in self._open("label <> ''"):
            self._take_first(place, self._free(sku, f"label = ? {without_other_barcode(barcode)}", label))

    def _take_only_of_folded_label(self) -> None:
        """The same, but for upper and lower case, when there is only one on either side."""
        for folded, count, place in self._groups("folded"):
            if count == 1:
                sku, barcode = self._db.execute("SELECT sku, barcode FROM line WHERE place = ?", (place,)).fetchone()
                free = self._free(sku, f"folded = ? {without_other_barcode(barcode)}", folded)
                if len(free) == 1:
                    self._take_first(place, free)

    def _find_hidden_twins(self) -> None:
        """A line that says less of a product than another line does, and would make a second one of it."""
        for place, _sku, barcode, label in self._open("sku = '' AND label <> ''"):
            same, params = ("label = ? AND barcode = ?", (label, barcode)) if barcode else ("label = ?", (label,))
            query = f"SELECT number FROM line WHERE {same} AND place <> ? AND twin IS NULL AND problem IS NULL LIMIT 1"
            twin = self._db.execute(query, (*params, place)).fetchone()
            if twin:
                self._db.execute("UPDATE line SET twin = ? WHERE place = ?", (twin[0], place))

    def _open(self, where: str) -> Iterator[tuple[int, str, str, str]]:
        """Lines that are nobody's yet, a few hundred at a time, as they stand in the file."""
        after = 0
        lines = f"SELECT place, sku, barcode, label FROM line WHERE {OPEN} AND {where} AND place > ? ORDER BY place LIMIT {PAGE}"
        while found := self._db.execute(lines, (after,)).fetchall():
            yield from found
            after = found[-1][0]

    def _groups(self, column: str) -> Iterator[tuple[str, int, int]]:
        """How many lines that are nobody's yet share each barcode or label, and where the first of them stands."""
        after = ""
        shared = f"SELECT {column}, count(*), min(place) FROM line WHERE {OPEN} AND {column} > ? AND {column} <> '' GROUP BY {column}"
        while found := self._db.execute(f"{shared} ORDER BY {column} LIMIT {PAGE}", (after,)).fetchall():
            yield from found
            after = found[-1][0]

    def _free(self, sku: str, where: str, *params: str) -> list[int]:
        """Up to two products that no line has taken. One that has a SKU already is not that of a line with another."""
        without = "AND sku = ''" if sku else ""
        query = f"SELECT product FROM known WHERE is_taken = 0 AND {where} {without} ORDER BY product LIMIT 2"
        return [product for (product,) in self._db.execute(query, params)]

    def _take_first(self, place: int, products: list[int]) -> None:
        if products:
            self._db.execute("UPDATE line SET product = ? WHERE place = ?", (products[0], place))
            self._db.execute("UPDATE known SET is_taken = 1 WHERE product = ?", (products[0],))


def label_of(name: str, pack_size: str) -> str:
    """Name and pack size as one text; empty without a name."""
    return f"{name}\n{pack_size}" if name else ""


def without_other_barcode(barcode: str) -> str:
    return "AND barcode = ''" if barcode else ""
