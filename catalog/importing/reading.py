"""A file of products as lines of text cells, one after the other, whatever its format. Believed by its content, never by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Literal, NamedTuple

from django.utils.translation import gettext_lazy as _

from aqad.core.errors import Words
from aqad.core.uploads import MEGABYTE

LARGEST_FILE = 50 * MEGABYTE
MOST_ROWS = 200_000
MOST_LINES = 1_048_576  # as many as a spreadsheet has; empty ones count here
MOST_COLUMNS = 100
MOST_TEXT = 200_000_000  # characters in all cells: a small workbook may say one long text very often
HEAD = 4096
UNREADABLE = "\ufffd"  # stands for what no text may hold
OLE, PDF, UTF16 = b"\xd0\xcf\x11\xe0", b"%PDF-", (b"\xff\xfe", b"\xfe\xff")
Kind = Literal["csv", "xlsx"]


class Unreadable(ValueError):
    """The file as a whole cannot be imported; the message is for the person who sent it."""

    def __init__(self, message: Words) -> None:
        self.message = message
        super().__init__(str(message))


class Line(NamedTuple):
    """`number` is the row's number as a spreadsheet shows it."""

    number: int
    cells: list[str]


def kind_of(head: bytes) -> Kind:
    """What the first bytes of a file say it is. Raises Unreadable for what is neither a workbook nor text."""
    if not head.strip():
        raise Unreadable(_("The file is empty."))
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(OLE):
        raise Unreadable(_("Old .xls workbooks and protected ones cannot be read; save it as .xlsx or CSV without a password."))
    controls = 0 if head.startswith(UTF16) else sum(byte < 9 or 13 < byte < 32 for byte in head if byte)
    # Of UTF-16 every other byte may be nought, and of no text are more.
    if head.startswith(PDF) or controls > len(head) // 50 or head.count(0) > len(head) * 5 // 8:
        raise Unreadable(_("Only CSV and XLSX files can be imported."))
    return "csv"


def lines_of(file: IO[bytes]) -> Iterator[Line]:
    """The lines that hold anything, with their cells trimmed. Raises Unreadable, also half-way."""
    from catalog.importing import csv_files, xlsx_files

    file.seek(0)
    kind = kind_of(file.read(HEAD))
    file.seek(0)
    rows: Iterator[list[Any]] = xlsx_files.rows(file) if kind == "xlsx" else csv_files.rows(file)
    text = 0
    for number, row in enumerate(rows, 1):
        if number > MOST_LINES:
            raise Unreadable(_("The file has more than %(most)s lines.") % {"most": f"{MOST_LINES:,}"})
        cells = [str(cell).replace("\0", UNREADABLE).strip() for cell in row[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        text += sum(map(len, cells))
        if text > MOST_TEXT:
            raise Unreadable(_("The file holds too much text."))
        if cells:
            yield Line(number, cells)
