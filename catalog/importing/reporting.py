"""errors.csv: the failed rows as they came and why, ready to be mended and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from catalog.importing.columns import PROBLEM
from catalog.models import FailedRow, ProductImport

PAGE = 1000
# Also in the wide forms that some spreadsheets take for the narrow ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "\ufeff"  # so that spreadsheets read it as UTF-8


def errors_csv(of: ProductImport) -> Iterator[bytes]:
    """The file piece by piece, in the order of the rows; only its headings when none failed (so far)."""
    headings = [*of.headings, PROBLEM]
    yield _written([headings], mark=MARK)
    after = 0
    while rows := list(FailedRow.objects.filter(product_import=of, pk__gt=after).order_by("pk")[:PAGE]):
        yield _written([_padded(row, len(headings) - 1) for row in rows])
        after = rows[-1].pk


def disarmed(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe, which an import takes away again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _padded(row: FailedRow, width: int) -> list[str]:
    """With the reason under its heading; cells that were too many stay too many, behind it."""
    cells = [*row.cells, *[""] * (width - len(row.cells))]
    return [*cells[:width], row.reason, *cells[width:]]


def _written(rows: list[list[str]], mark: str = "") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([disarmed(cell) for cell in row] for row in rows)
    return (mark + text.getvalue()).encode()
