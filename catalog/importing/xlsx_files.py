"""XLSX, read row by row. A workbook is a zip of XML: its sizes are checked before anything in it is opened."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from aqad.core.uploads import MEGABYTE
from catalog.importing.reading import MOST_COLUMNS, MOST_LINES, Unreadable

LARGEST_UNPACKED = 400 * MEGABYTE
LARGEST_SHARED_TEXTS = 64 * MEGABYTE  # openpyxl keeps these in memory
MOST_PARTS = 2000
BEGINNING = 4096


def rows(file: IO[bytes]) -> Iterator[list[str]]:
    """Every row of the first visible sheet, formulas as the values they had when the workbook was saved. Raises Unreadable."""
    check(file)
    file.seek(0)
    try:
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = next((sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"), None)
        if sheet is None:
            raise Unreadable(_("The workbook has no sheet."))
        sheet.reset_dimensions()  # what a workbook says of its own size may be wrong
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_LINES + 1, values_only=True):
            # A row far below brings up to a million empty ones with it, which are not worth a look at each of their cells.
            yield [] if row.count(None) == len(row) else [text_of(value) for value in row]
        workbook.close()
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever a broken workbook makes it stumble over
        raise _damaged() from error


def check(file: IO[bytes]) -> None:
    """Raises Unreadable for what is no workbook, and for one that would unpack to more than it may."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable(_("The workbook is too large; send the products as CSV."))
            by_name = {part.filename: part for part in parts}
            if "[Content_Types].xml" not in by_name or len(by_name) != len(parts):
                raise Unreadable(_("Only CSV and XLSX files can be imported."))
            texts = by_name.get("xl/sharedStrings.xml")
            if texts is not None and texts.file_size > LARGEST_SHARED_TEXTS:
                raise Unreadable(_("The workbook is too large; send the products as CSV."))
            for part in parts:
                _refuse_entities(package, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise _damaged() from error


def text_of(value: Any) -> str:
    """A cell as its spreadsheet shows it: 48.0 as 48, 6281006473645.0 in full, a number with at most 15 digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(f"{value:.15g}")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time.min else value.date().isoformat()
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)


def _plain(number: str) -> str:
    """Without an exponent, as far as that is readable."""
    if "e" not in number or len(number) < 3 or not -20 < int(number.partition("e")[2]) < 20:
        return number
    return format(Decimal(number), "f")


def _refuse_entities(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No spreadsheet declares entities; they are how a small XML text becomes a huge one."""
    if part.filename.endswith((".xml", ".rels")):
        with package.open(part) as stream:
            beginning = stream.read(BEGINNING).replace(b"\0", b"").upper()
        if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
            raise _damaged()


def _damaged() -> Unreadable:
    return Unreadable(_("The workbook is damaged; open it and save it again, or send the products as CSV."))
