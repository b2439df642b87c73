"""Files of products, made where they are needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from aqad.core import files
from catalog.actions import importing
from catalog.models import ProductImport
from tests.cast import Person

HEADINGS = ("name", "pack_size", "category", "subcategory", "price", "quantity", "brand", "sku", "barcode")
PEPSI = ("Pepsi", "24 x 330 ml", "Beverages", "Soft Drinks", "48.00", "500", "Pepsi", "PEP-330", "5449000000996")
RICE = ("Basmati Rice", "4 x 5 kg", "Food", "Rice", "120.50", "80", "Tilda", "RICE-5", "")
TEA = ("Karak Tea", "12 x 1 kg", "Beverages", "Tea", "96", "40", "", "", "")


def csv_of(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def xlsx_of(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def many(count: int, **columns: Any) -> list[list[str]]:
    """Rows under HEADINGS, each another product."""
    return [
        [f"Product {n}", "12 x 1 l", f"Shelf {n % 5}", "", f"{n % 90 + 1}.50", str(n % 7 * 10), f"Brand {n % 9}", f"SKU-{n}", ""]
        for n in range(count)
    ]


def queued(vendor: Person, content: bytes, *, dry_run: bool = False) -> ProductImport:
    """As if the door had taken the file in and no worker had come yet."""
    stored = files.store_large(ContentFile(content), folder="imports", suffix="table")
    return importing.start(vendor=vendor.of, stored=stored, filename="products.csv", dry_run=dry_run, actor=vendor.actor)


def imported(vendor: Person, content: bytes, *, dry_run: bool = False) -> ProductImport:
    """Taken in and worked off."""
    row = importing.work_off(queued(vendor, content, dry_run=dry_run).pk)
    assert row is not None
    return row


def counts(row: ProductImport) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, failed."""
    return row.created, row.updated, row.unchanged, row.failed


def reasons(row: ProductImport) -> list[str]:
    return list(row.failed_rows.order_by("pk").values_list("reason", flat=True))


def upload(content: bytes, name: str = "products.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")
