"""How fast products are imported, beside a bare bulk_create of the same rows, and how much memory it takes.

    python tests/load/import_groceries.py [FILE] [--rows 10000 100000]
    python tests/load/import_groceries.py --memory 10000 100000 1000000

Runs on the database of DATABASE_URL (empty, to be thrown away afterwards), else on a SQLite file in a temporary folder. FILE is loaded
twice; with --rows made-up files of these lengths are loaded, each in a process of its own, and the peak of its memory is told.
With --memory each is loaded once, for another vendor, in files of as many rows as one may have; a table says how the peak grows.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from warehouse import ROOT, SECRETS

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
for name, secret in SECRETS.items():
    os.environ.setdefault(name, secret)
BATCH = 500
MOST_ROWS = 200_000  # in one file (catalog.importing.reading)
HEADINGS = ["name", "pack_size", "category", "subcategory", "price", "quantity", "brand", "sku"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rows", nargs="*", type=int, default=[])
    parser.add_argument("--memory", nargs="*", type=int, default=[], metavar="ROWS")
    parser.add_argument("--once", nargs="*", type=Path, help="load these files once, for one vendor; prints seconds and peak as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("AQAD_STATE_DIR", folder)
        if options.file is not None:
            measure(options.file)
        if options.once:
            print(json.dumps(load_once(options.once)))
        if options.memory:
            compare_memory(options.memory, Path(folder))
        for count in options.rows:
            made_up = Path(folder) / f"{count}.csv"
            write(made_up, count)
            subprocess.run([sys.executable, __file__, str(made_up)], check=True, env={**os.environ, "AQAD_STATE_DIR": f"{folder}/{count}"})


def compare_memory(lengths: list[int], folder: Path) -> None:
    """Each length in a process of its own; the peaks side by side."""
    from tests.load.measuring import table

    seen: dict[int, dict[str, Any]] = {}
    for count in lengths:
        parts = [folder / f"{count}-{first}.csv" for first in range(0, count, MOST_ROWS)]
        for number, part in enumerate(parts):
            write(part, min(MOST_ROWS, count - number * MOST_ROWS), first=number * MOST_ROWS)
        print(f"{count:,} rows in {len(parts)} files ...", file=sys.stderr)
        command, env = [sys.executable, __file__, "--once", *map(str, parts)], {**os.environ, "AQAD_STATE_DIR": f"{folder}/{count}"}
        seen[count] = json.loads(subprocess.run(command, check=True, env=env, stdout=subprocess.PIPE).stdout)
        for part in parts:
            part.unlink()
    first = seen[lengths[0]]["peak"]
    rows = [
        [f"{count:,}", f"{run['seconds']:,.0f}", f"{count / run['seconds']:,.0f}", f"{run['peak']:,.0f}", f"{run['peak'] / first:.2f}"]
        for count, run in seen.items()
    ]
    print(table(["rows", "s", "rows a second", "peak MB", "to the first"], rows))


def load_once(parts: list[Path]) -> dict[str, float]:
    """Seconds, and the peak of this process's memory in MB. Raises RuntimeError when a row was refused."""
    prepare()
    from django.core.management import call_command

    from catalog.models import ProductImport
    from tests.factories.people import VendorFactory

    vendor, started = VendorFactory(company__name=parts[0].stem), time.perf_counter()
    for part in parts:
        call_command("import_products", str(part), vendor=vendor.reference, stdout=open(os.devnull, "w"))  # noqa: SIM115
        row = ProductImport.objects.latest("pk")
        if row.created != row.rows or not row.rows:
            raise RuntimeError(f"of {row.rows} rows {row.created} became products")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - started, "peak": peak}


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def measure(file: Path) -> None:
    prepare()
    from django.core.management import call_command
    from django.db import connection

    from catalog.models import ProductImport
    from tests.factories.people import VendorFactory

    vendor = VendorFactory(company__name="Groceries")
    print(f"{file.name} on {connection.vendor}")
    took: list[float] = []
    for name in ("first", "second"):
        started = time.perf_counter()
        call_command("import_products", str(file), vendor=vendor.reference, stdout=open(os.devnull, "w"))  # noqa: SIM115
        took.append(time.perf_counter() - started)
        row = ProductImport.objects.latest("pk")
        counts = {name: getattr(row, name) for name in ("rows", "created", "updated", "unchanged", "failed")}
        print(f"  {name:<7} {took[-1]:6.1f} s  {row.rows / took[-1]:7,.0f} rows a second  {counts}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    products, everything = bare_insert(vendor)
    print(f"  bare    {everything:6.1f} s  bulk_create of the same rows: the import took {took[0] / everything:.1f} times that")
    print(f"  bare    {products:6.1f} s  of the products alone: {took[0] / products:.1f} times that")
    print(f"  peak of memory {peak:.0f} MB")


def bare_insert(vendor: object) -> tuple[float, float]:
    """Seconds for the same rows under another vendor, a commit per batch: products alone; with stock, ledger and record."""
    from aqad.audit.models import Event
    from catalog.models import Product, Stock, StockMovement
    from tests.factories.people import VendorFactory

    other = VendorFactory(company__name="Bare")
    products, alone, rest, after = Product.objects.filter(vendor=vendor).order_by("pk"), 0.0, 0.0, 0
    while page := list(products.filter(pk__gt=after)[:BATCH]):
        numbers = [product.pk for product in page]
        after = numbers[-1]
        references = [product.reference for product in page]
        stocks = list(Stock.objects.filter(product_id__in=numbers).order_by("product_id"))
        movements = list(StockMovement.objects.filter(product_id__in=numbers))
        events = list(Event.objects.filter(verb="catalog.product_created", subject__in=references))
        for row in (*page, *movements, *events):
            row.pk = None
        for product in page:
            product.vendor = other
        started = time.perf_counter()
        made = dict(zip(numbers, Product.objects.bulk_create(page), strict=True))
        alone += time.perf_counter() - started
        for row in (*stocks, *movements):
            row.product = made[row.product_id]
        started = time.perf_counter()
        Stock.objects.bulk_create(stocks)
        StockMovement.objects.bulk_create(movements)
        Event.objects.bulk_create(events)
        rest += time.perf_counter() - started
    return alone, alone + rest


def write(file: Path, count: int, first: int = 0) -> None:
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HEADINGS)
        for n in range(first, first + count):
            shelf = (f"Shelf {n % 40}", f"Part {n % 7}")
            rows.writerow(
                [f"Product {n} of a wholesaler", f"{n % 48 + 1} x 330 ml", *shelf, n % 900 + 1, n % 500, f"Brand {n % 300}", f"SKU-{n}"]
            )


if __name__ == "__main__":
    main()
