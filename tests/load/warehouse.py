"""A PostgreSQL database full of products: the real groceries, multiplied until there are enough.

    python tests/load/warehouse.py 100000        on DATABASE_URL's server, in a database aqad_load_100000 of its own

What is there already is kept, so that a second call costs nothing. `--drop` removes it.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
GROCERIES = ROOT.parent / "shared" / "data" / "uae-groceries.csv"
VENDORS = 200
PRODUCT_COLUMNS = (
    "id", "vendor_id", "category_id", "brand_id", "name", "slug", "description", "price", "vat_rate", "unit", "pack_size",
    "min_order_quantity", "order_multiple", "sku", "barcode", "status", "takedown_reason", "search_text", "created_at", "updated_at",
)  # fmt: skip
FIRST = 1001
SECRETS = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SIGNING_KEY")}


def database_of(count: int | str) -> str:
    """The address of the database with so many products, on DATABASE_URL's server; of one for something else by its name."""
    server = urlsplit(os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres")
    return server._replace(path=f"/aqad_load_{count}").geturl()


def stocked(count: int) -> str:
    """The address of a database with `count` products, made if it is not there."""
    return made(database_of(count), __file__, str(count))


def made(url: str, program: str, *arguments: str) -> str:
    """`url` itself: where there is no such database, it is made, migrated, and filled by `program ... --fill`, wholly or not at all."""
    name = urlsplit(url).path.strip("/")
    with _server_of(url) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return url
        server.execute(f"CREATE DATABASE {name}")
    try:
        for command in (["manage.py", "migrate", "-v0"], [program, *arguments, "--fill"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment(DATABASE_URL=url), check=True)
    except BaseException:
        dropped(url)
        raise
    return url


@contextmanager
def own_copy(url: str) -> Iterator[str]:
    """The address of a copy of that database, for the block alone: what is written there slows no later measurement down."""
    source = urlsplit(url).path.strip("/")
    name = f"{source}_{secrets.token_hex(4)}"
    copy = urlsplit(url)._replace(path=f"/{name}").geturl()
    with _server_of(url) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    try:
        # What PostgreSQL was told of the role in the other database does not come along; `migrate` tells it again.
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment(DATABASE_URL=copy), check=True)
        yield copy
    finally:
        dropped(copy)


def dropped(url: str) -> None:
    name = urlsplit(url).path.strip("/")
    with _server_of(url) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _server_of(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True)


def environment(**more: str) -> dict[str, str]:
    """For every process of a measurement: secrets of its own, no limits in the way, quiet logs."""
    return {**os.environ, **SECRETS, "LOG_LEVEL": "ERROR", "RATE_LIMIT_SCALE": "1000000", **more}


def fill(count: int) -> None:
    """Vendors by the factories, products with stock and ledger by COPY, the words of typos, fresh statistics."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "aqad.settings"
    import django

    django.setup()
    from django.apps import apps
    from django.db import connection

    from catalog.models import Brand, Category, Product, Stock, StockMovement
    from catalog.search import vocabulary
    from tests.factories.people import VendorFactory

    vendors = [VendorFactory(company__name=f"Wholesaler {n} LLC").pk for n in range(VENDORS)]
    rows = _groceries()
    categories = _named(Category, {row["category"] or "Other" for row in rows}, below=_pairs(rows))
    brands = _named(Brand, {_brand(row) for row in rows})
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        raw: Any = cursor.cursor
        columns = ", ".join(PRODUCT_COLUMNS)
        with raw.copy(f"COPY {Product._meta.db_table} ({columns}) FROM STDIN") as copy:
            for line in _products(count, rows, vendors, categories, brands):
                copy.write_row(line)
        stock, ledger = Stock._meta.db_table, StockMovement._meta.db_table
        product = Product._meta.db_table
        # Every seventh has none left, so that "in stock" says something.
        cursor.execute(
            f"INSERT INTO {stock} (product_id, on_hand, reserved, is_low) "  # noqa: S608
            f"SELECT id, CASE WHEN id % 7 = 0 THEN 0 ELSE 100000 END, 0, false FROM {product}"
        )
        cursor.execute(
            f'INSERT INTO {ledger} (product_id, kind, on_hand_change, reserved_change, reason, "order", actor, at) '  # noqa: S608
            f"SELECT product_id, 'received', on_hand, 0, '', '', 'System load', now() FROM {stock} WHERE on_hand > 0"
        )
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{product}', 'id'), {FIRST + count})")
    vocabulary.learn(text for (text,) in Product.objects.filter(pk__lt=FIRST + len(rows)).values_list("search_text"))
    with connection.cursor() as cursor:
        # Not the tables that are to grow. Known to be empty, they are read from end to end, for each foreign key too, by a plan that is
        # made with a connection's first orders and kept until the table is analysed; a new shop's tables were never vacuumed.
        tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._base_manager.exists()}
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")


def _groceries() -> list[dict[str, str]]:
    if not GROCERIES.exists():
        sys.exit(f"The real products are not there: {GROCERIES.name} belongs into the folder shared/data beside the project.")
    with GROCERIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pairs(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(row["category"] or "Other", row["subcategory"]) for row in rows if row["subcategory"]}


def _brand(row: dict[str, str]) -> str:
    return (row["name"].split() or ["Unbranded"])[0][:60]


def _named(model: Any, names: set[str], below: set[tuple[str, str]] | None = None) -> dict[Any, int]:
    """Primary keys by name, of those below another by both names."""
    tops = {name: model.objects.create(name=name, slug=f"{model.__name__.lower()}-{n}").pk for n, name in enumerate(sorted(names))}
    for n, (top, name) in enumerate(sorted(below or ())):
        tops[top, name] = model.objects.create(name=name, slug=f"below-{n}", parent_id=tops[top]).pk
    return tops


def _products(
    count: int, rows: list[dict[str, str]], vendors: list[int], categories: dict[Any, int], brands: dict[Any, int]
) -> Iterator[tuple[Any, ...]]:
    from catalog.names import slug_of, words_of

    texts = []
    for row in rows:
        where = (row["category"] or "Other", row["subcategory"]) if row["subcategory"] else (row["category"] or "Other")
        parts = (row["name"], _brand(row), row["category"], row["pack_size"])
        texts.append((where, slug_of(row["name"]) or "product", " ".join(words_of(" ".join(parts)))))
    now = "2026-01-01 08:00:00+04"
    for n in range(count):
        row, (where, slug, text) = rows[n % len(rows)], texts[n % len(rows)]
        round_ = n // len(rows)
        lot = f" lot {round_}" if round_ else ""
        sku, barcode = f"SKU-{n}", "" if round_ else row["barcode"]
        # A lot costs up to five dirhams more or less than another, whichever came first.
        price = max(Decimal(row["price_aed"] or "10.00") + Decimal(round_ * 37 % 500) / 100, Decimal("0.05"))
        words = f"{text}{lot} sku {n} {barcode}".strip()
        yield (
            FIRST + n, vendors[n % len(vendors)], categories[where], brands[_brand(row)], (row["name"] + lot)[:200], slug, "", price,
            "5.00", "carton", row["pack_size"][:60], 1, 1, sku, barcode, "published", "", words, now, now,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--fill", action="store_true", help="fill the database of DATABASE_URL itself, which must be migrated")
    parser.add_argument("--drop", action="store_true")
    options = parser.parse_args()
    if options.fill:
        fill(options.count)
    elif options.drop:
        dropped(database_of(options.count))
    else:
        print(stocked(options.count))


if __name__ == "__main__":
    main()
