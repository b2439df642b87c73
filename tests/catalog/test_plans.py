"""How public lists and searches are answered where there are many products: from indexes, never by reading them all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from catalog.api.listing import build_products, read_products
from catalog.models import Product, Stock
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.production]
PRODUCTS = 20_000
READ_WHOLE = re.compile(r"Seq Scan on catalog_(product|stock)\b")
LISTS = {
    "newest": {},
    "by price": {"sort": "price"},
    "by price, dearest first": {"sort": "-price"},
    "by name": {"sort": "name"},
    "a vendor's": {"vendor": "V1001"},
    "a small category": {"category": "teas"},
    "a small brand": {"brand": "small-brand"},
    "a SKU": {"search": "SKU-777"},
    "a barcode": {"search": "6291041500213"},
    "a reference": {"search": "P1500"},
    "a rare word": {"search": "kombucha"},
    "nothing": {"search": "zzzzqqqq"},
}


@pytest.fixture
def shelves(vendor: Person, rival_vendor: Person) -> None:
    """Twenty thousand products like one, each with its own price, name and SKU; three of them out of the ordinary."""
    ProductFactory(vendor=vendor.of, category=CategoryFactory(slug="teas"))
    ProductFactory(vendor=vendor.of, brand=BrandFactory(slug="small-brand"))
    pattern = ProductFactory(vendor=rival_vendor.of, on_hand=5)
    changed = {
        "name": "'Cola lot ' || n",
        "slug": "'cola-lot-' || n",
        "price": "1 + n / 100.0",
        "sku": "'SKU-' || n",
        "barcode": "CASE WHEN n = 500 THEN '6291041500213' ELSE '' END",
        "search_text": "'cola lot ' || n || CASE WHEN n = 900 THEN ' kombucha' ELSE '' END",
    }
    changed["id"] = "p.id + n"  # the sequence stays where it is, as no test's rollback would set it back
    columns = [field.column for field in Product._meta.concrete_fields]
    given = ", ".join(changed.get(column, f'p."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO catalog_product ({named}) SELECT {given} "  # noqa: S608
            f"FROM catalog_product p, generate_series(1, {PRODUCTS}) n WHERE p.id = %s",
            [pattern.pk],
        )
        cursor.execute(
            f"INSERT INTO {Stock._meta.db_table} (product_id, on_hand, reserved, is_low) "  # noqa: S608
            "SELECT id, 5, 0, false FROM catalog_product WHERE id > %s",
            [pattern.pk],
        )
        cursor.execute("SELECT gin_clean_pending_list('product_search')")  # as vacuum does, before long
        cursor.execute("ANALYZE")


def test_the_rows_of_a_page_are_found_by_an_index(shelves: None) -> None:
    for name, query in LISTS.items():
        pages = [page for page, _ in map(page_and_count, plans_of(query)) if "catalog_product" in page]
        assert pages, name
        assert [page for page in pages if READ_WHOLE.search(page)] == [], name


def test_counting_stops_after_what_is_told(shelves: None) -> None:
    [(_, count)] = map(page_and_count, plans_of({}))
    assert "Aggregate" in count
    assert "Limit" in count
    assert "catalog_stock" not in count
    assert "catalog_brand" not in count


def test_without_the_index_it_is_noticed(shelves: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX product_price_in_window")
    assert [page for page, _ in map(page_and_count, plans_of({"sort": "price"})) if READ_WHOLE.search(page)]


def page_and_count(plan: str) -> tuple[str, str]:
    """How the rows are found, and how they are counted: once, before, in what PostgreSQL calls an InitPlan."""
    page, count, depth = list[str](), list[str](), None
    for line in plan.splitlines():
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent <= depth:
            depth = None
        if depth is None and line.lstrip().startswith("InitPlan"):  # one within it is part of it
            depth = indent
        (page if depth is None else count).append(line)
    return "\n".join(page), "\n".join(count)


def plans_of(query: dict[str, str]) -> list[str]:
    """The plan of each question that building this list asks."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        build_products(read_products(RequestFactory().get("/api/products", query).GET))
    plans = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", params)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return plans
