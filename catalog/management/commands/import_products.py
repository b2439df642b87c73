"""Load a vendor's file of products here and now, with a bar that shows how far it is."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aqad.core import files
from aqad.core.actor import Actor
from aqad.core.references import number_of
from aqad.core.uploads import shown_name
from catalog.actions import importing
from catalog.importing.reading import HEAD, LARGEST_FILE, Unreadable, kind_of
from catalog.importing.reporting import errors_csv
from catalog.models import FailedRow, ProductImport
from catalog.statuses import ImportState
from vendors.models import Vendor

WIDTH = 30
SHOWN = 10


class Command(BaseCommand):
    help = "Import products from a CSV or XLSX file. Known ones are changed, others listed; sending a file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--vendor", required=True, help="whose products they are, such as V1001")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="write the failed rows with their reasons here, as CSV")

    def handle(self, *_: Any, file: Path, vendor: str, dry_run: bool, errors: Path | None, **__: Any) -> None:
        seller = _vendor(vendor)
        with _opened(file) as content:
            stored = files.store_large(content, folder="imports", suffix="table")
        actor = Actor(role="system", label="import", via="command")
        queued = importing.start(vendor=seller, stored=stored, filename=shown_name(file.name), dry_run=dry_run, actor=actor)
        bar = Bar(self.stderr)
        row = importing.work_off(queued.pk, actor=actor, on_progress=bar.show, seconds=math.inf)
        bar.close()
        if row is None:
            raise CommandError(f"Another file of {vendor} is being imported; this one waits as import {queued.pk}.")
        if row.state == ImportState.FAILED:
            raise CommandError(row.problem)
        self._report(row, bar.seconds, errors)

    def _report(self, row: ProductImport, seconds: float, errors: Path | None) -> None:
        would = "would be " if row.dry_run else ""
        counts = f"{row.created:,} {would}created, {row.updated:,} {would}updated, {row.unchanged:,} unchanged, {row.failed:,} failed"
        self.stdout.write(f"{row.rows:,} rows in {seconds:.1f} s: {counts}.")
        for failed in FailedRow.objects.filter(product_import=row).order_by("pk")[:SHOWN]:
            self.stdout.write(f"  {failed.reason}")
        if row.failed > SHOWN:
            self.stdout.write(f"  and {row.failed - SHOWN:,} more; --errors FILE writes them all.")
        if errors is not None:
            with errors.open("wb") as out:
                out.writelines(errors_csv(row))


class Bar:
    """`[#########---------] 4,500 of 12,948 rows, 1,900 a second`, drawn anew in place; nothing when nobody watches."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._watched = sys.stderr.isatty()
        self._started = time.monotonic()
        self._write("Reading the file ...")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def show(self, *, done: int, total: int) -> None:
        filled = WIDTH * done // max(total, 1)
        speed = done / max(self.seconds, 0.001)
        self._write(f"[{'#' * filled}{'-' * (WIDTH - filled)}] {done:,} of {total:,} rows, {speed:,.0f} a second")

    def close(self) -> None:
        if self._watched:
            self._out.write("", ending="\n")

    def _write(self, text: str) -> None:
        if self._watched:
            self._out.write(f"\r\x1b[K{text}", ending="")
            self._out.flush()


def _vendor(reference: str) -> Vendor:
    number = number_of(reference, Vendor.PREFIX)
    found = Vendor.objects.select_related("company").filter(pk=number).first() if number else None
    if found is None:
        raise CommandError(f"There is no vendor {reference}.")
    return found


def _opened(path: Path) -> File[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError("The file is larger than 50 MB; send it in parts.")
        kind_of(file.read(HEAD))
    except Unreadable as error:
        file.close()
        raise CommandError(str(error.message)) from error
    return File(file)
