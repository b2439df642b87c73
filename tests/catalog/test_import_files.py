"""Which files of products can be read, and what is said of those that cannot."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.importing import reading, xlsx_files
from catalog.importing.reading import Unreadable, kind_of, lines_of
from catalog.models import Product
from tests.cast import Person
from tests.catalog.sheets import PEPSI, counts, csv_of, imported, xlsx_of

HEADINGS = ("name", "category", "price")
CAFE = ("Café crème", "Drinks", "12.50")
KARAK = ("شاي كرك", "مشروبات", "9.00")


@pytest.mark.embedded
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_csv_is_read_in_any_usual_encoding_and_with_any_delimiter(vendor: Person, encoding: str, delimiter: str) -> None:
    row = imported(vendor, csv_of(CAFE, headings=HEADINGS, encoding=encoding, delimiter=delimiter))
    assert (row.problem, counts(row)) == ("", (1, 0, 0, 0))
    assert Product.objects.get().name == "Café crème"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_arabic_is_read_too(vendor: Person, encoding: str) -> None:
    row = imported(vendor, csv_of(KARAK, headings=("اسم المنتج", "الفئة", "السعر"), encoding=encoding))
    assert (row.problem, counts(row)) == ("", (1, 0, 0, 0))
    product = Product.objects.get()
    assert (product.name, product.category.name) == ("شاي كرك", "مشروبات")


def test_quoted_cells_may_hold_line_breaks_delimiters_and_quotes(vendor: Person) -> None:
    row = imported(vendor, b'name,category,price,description\r\n"Tea ""Karak"",\nstrong",Drinks,9,"Line 1\nLine 2"\r\n')
    assert counts(row) == (1, 0, 0, 0)
    product = Product.objects.get()
    assert (product.name, product.description) == ('Tea "Karak", strong', "Line 1\nLine 2")


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Item Name;Qty.;Unit Price (AED);Item No;Brand Name", {"name", "quantity", "price", "sku", "brand"}),
        ("DESCRIPTION;on_hand;Price;UPC", {"name", "quantity", "price", "barcode"}),
        ("Title;Description;Pack;Pcs per carton;UOM;VAT", {"name", "description", "pack_size", "units_per_pack", "unit", "vat_rate"}),
        ("Product;Price;List price;MOQ;Remarks", {"name", "price", "min_order_quantity"}),
        ("import_problem;name;price", {"name", "price"}),
    ],
)
def test_columns_are_recognised_by_usual_headings(headings: str, fields: set[str]) -> None:
    from catalog.importing import columns

    _place, found = columns.find([reading.Line(1, headings.split(";"))])
    assert set(found.places) == fields


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,category,price\n", "headings and nothing below"),
        (b"Pepsi,Drinks,48\nTea,Drinks,9\n", "must name the columns"),
        (b"name,price,price\nTea,1,2\n", "Two columns are called price"),
        (b'name,category,price\n"Tea,Drinks,9\n' + b"Rice,Food,5\n" * 20_000, "quotation mark"),
        (b"PK\x03\x04 is not enough", "damaged"),
    ],
)
def test_a_file_that_cannot_be_imported_fails_as_a_whole(vendor: Person, content: bytes, words: str) -> None:
    row = imported(vendor, content)
    assert (row.state, row.rows, counts(row)) == ("failed", 0, (0, 0, 0, 0))
    assert words in row.problem
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 ...",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9,
        b"\0" * 99,
        b"MZ" + b"\0" * 99,
    ],
)
def test_other_kinds_of_files_are_not_taken_for_tables(head: bytes) -> None:
    with pytest.raises(Unreadable):
        kind_of(head)


def test_more_rows_than_allowed_are_refused_before_anything_is_written(vendor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.gathering.MOST_ROWS", 2)
    row = imported(vendor, csv_of(CAFE, PEPSI[:3], ("Rice", "Food", "5"), headings=HEADINGS))
    assert row.state == "failed"
    assert "more than 2 rows" in row.problem
    assert not Product.objects.exists()


def test_formulas_count_as_the_values_they_had(vendor: Person) -> None:
    content = repacked(xlsx_of(("Tea", "Drinks", 7), headings=HEADINGS), "xl/worksheets/sheet1.xml", b"<v>7</v>", b"<f>3+4</f><v>7</v>")
    assert counts(imported(vendor, content)) == (1, 0, 0, 0)
    assert str(Product.objects.get().price) == "7.00"


def test_the_first_visible_sheet_counts() -> None:
    book = Workbook()
    book.active.sheet_state = "hidden"
    book.active.append(["secret"])
    book.create_sheet("Products").append(["name"])
    out = io.BytesIO()
    book.save(out)
    assert [line.cells for line in lines_of(out)] == [["name"]]


def test_what_a_workbook_says_of_its_own_size_is_not_believed() -> None:
    content = xlsx_of(("Tea", "Drinks", 7), headings=HEADINGS)
    content = repacked(content, "xl/worksheets/sheet1.xml", b'ref="A1:C2"', b'ref="A1:XFD1048576"')
    assert [line.cells for line in lines_of(io.BytesIO(content))] == [list(HEADINGS), ["Tea", "Drinks", "7"]]


def test_a_row_far_below_costs_no_more_than_a_spreadsheet_has(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (xlsx_files, reading):
        monkeypatch.setattr(module, "MOST_LINES", 10_000)
    content = repacked(xlsx_of(("Tea", "Drinks", 7), headings=HEADINGS), "xl/worksheets/sheet1.xml", b'r="2"', b'r="99999999999"')
    with pytest.raises(Unreadable):
        list(lines_of(io.BytesIO(content)))


def test_the_empty_rows_above_a_row_far_below_are_passed_over() -> None:
    content = repacked(xlsx_of(("Tea", "Drinks", 0), headings=HEADINGS), "xl/worksheets/sheet1.xml", b'r="2"', b'r="20000"')
    cells_read = 0

    def count(frame: Any, event: str, _argument: Any) -> None:
        nonlocal cells_read
        cells_read += event == "call" and frame.f_code is xlsx_files.text_of.__code__

    sys.setprofile(count)
    try:
        lines = list(lines_of(io.BytesIO(content)))
    finally:
        sys.setprofile(None)
    assert [(line.number, line.cells) for line in lines] == [(1, list(HEADINGS)), (20_000, ["Tea", "Drinks", "0"])]
    assert 0 < cells_read <= 2 * reading.MOST_COLUMNS


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "LARGEST_UNPACKED", 5 * 1024 * 1024)
    content = added(xlsx_of(PEPSI), "xl/media/bomb.bin", b"\0" * 6 * 1024 * 1024)
    assert len(content) < 50_000
    with pytest.raises(Unreadable, match="too large"):
        list(lines_of(io.BytesIO(content)))


def test_a_workbook_that_declares_entities_is_not_opened() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><sst>&lol;</sst>'
    with pytest.raises(Unreadable, match="damaged"):
        list(lines_of(io.BytesIO(added(xlsx_of(PEPSI), "xl/other.xml", bomb))))


def test_a_small_workbook_that_says_one_long_text_very_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TEXT", 100_000)
    content = csv_of(*[("x" * 1000, "Food", "5")] * 200, headings=HEADINGS)
    with pytest.raises(Unreadable, match="too much text"):
        list(lines_of(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("value", "text"),
    [(48.0, "48"), (1000.0, "1000"), (6281006473645.0, "6281006473645"), (0.1 + 0.2, "0.3"), (1e300, "1e+300"), (True, "TRUE"), (None, "")],
)
def test_numbers_of_a_workbook_read_as_it_shows_them(value: Any, text: str) -> None:
    assert xlsx_files.text_of(value) == text


def repacked(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(name, data)
    return out.getvalue()


def added(content: bytes, part: str, data: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(part, data)
    return out.getvalue()
