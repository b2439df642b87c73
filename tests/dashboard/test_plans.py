"""How first pages, summaries and order lists are answered where there are many orders: from indexes, never by reading them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from aqad.core.database import ROLE_SETTINGS
from orders.models import Order, OrderLine
from tests import cast
from tests.cast import Person
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.journeys.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.production]
COMPANIES, ORDERS = 120, 100_000
LARGE = ("orders_order", "orders_orderline")
PAGES = {
    "vendor": ["/dashboard", "/orders", "/orders?status=returned", "/orders/queue", "/api/vendor/summary", "/api/orders?status=pending"],
    "retailer": ["/dashboard", "/orders", "/orders?status=cancelled", "/api/retailer/summary", "/api/orders"],
}


@pytest.fixture(scope="module")
def traders(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Person]]:
    """A vendor and a shop among 120 of each, with some 830 of 100,000 orders of the last 400 days: so few that reading all for them is
    never better, however full the tables' pages are."""
    with django_db_blocker.unblock(), undone():
        yield _traders()


def _traders() -> dict[str, Person]:
    vendors = [cast.a_vendor(f"Wholesaler {number}") for number in range(COMPANIES)]
    shops = [cast.a_retailer(f"Shop {number}") for number in range(COMPANIES)]
    products = [ProductFactory(vendor=vendor.of) for vendor in vendors]
    pattern = an_order(shops[0].of, products[0], status="completed")
    changed = {
        "vendor_id": f"(%(vendors)s::bigint[])[1 + n %% {COMPANIES}]",
        "retailer_id": f"(%(shops)s::bigint[])[1 + n / 40 %% {COMPANIES}]",
        "status": "CASE n / 40 %% 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'returned' WHEN 2 THEN 'cancelled' ELSE 'completed' END",
        "created_at": f"now() - make_interval(mins => (400 * 24 * 60 * (n / {ORDERS}.0))::int)",
    }
    values = {"vendors": [vendor.of.pk for vendor in vendors], "shops": [shop.of.pk for shop in shops], "pattern": pattern.pk}
    with connection.cursor() as cursor:
        cursor.execute(_copies(Order, changed, "id = %(pattern)s"), values)
        products_of = {"order_id": "o.id", "product_id": f"(%(products)s::bigint[])[1 + (o.id - %(pattern)s - 1) %% {COMPANIES}]"}
        values["products"] = [product.pk for product in products]
        lines = _copies(OrderLine, products_of, "order_id = %(pattern)s").replace(f"generate_series(1, {ORDERS}) AS n", "orders_order AS o")
        cursor.execute(f"{lines} AND o.id > %(pattern)s", values)
        cursor.execute("ANALYZE")
    connection.check_constraints()  # once, not at the end of each test
    found = {"vendor": vendors[7], "retailer": shops[7]}
    for person in found.values():
        assert person.api  # signed in before the first test, whose end takes back what it did
    return found


@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PAGES.items() for path in paths])
def test_reads_no_large_table_from_end_to_end(traders: dict[str, Person], role: str, path: str) -> None:
    plans = plans_of(traders[role], path)
    assert any("orders_order" in plan for plan in plans)
    assert [plan for plan in plans for table in LARGE if f"Seq Scan on {table}" in plan] == []


@pytest.mark.parametrize(("role", "index"), [("vendor", "order_vendor_day"), ("retailer", "order_retailer_day")])
def test_sums_up_from_the_index_alone(traders: dict[str, Person], role: str, index: str) -> None:
    sums = [plan for plan in plans_of(traders[role], f"/api/{role}/summary") if "sum(" in plan and "orders_orderline" not in plan]
    assert len(sums) == 1
    assert index in sums[0]


@pytest.mark.parametrize(("role", "index"), [("vendor", "order_vendor_status"), ("retailer", "order_retailer_status")])
def test_counts_the_orders_of_a_state_in_their_index(traders: dict[str, Person], role: str, index: str) -> None:
    assert any(index in plan for plan in plans_of(traders[role], "/orders?status=returned"))


@pytest.mark.parametrize("role", ["vendor", "retailer"])
def test_without_the_indexes_it_is_noticed(traders: dict[str, Person], role: str) -> None:
    """Without any but those behind constraints: a day's orders of one company may be found by another's index, too."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT indexrelid::regclass::text FROM pg_index
            WHERE indrelid = 'orders_order'::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        """)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
    assert [plan for plan in plans_of(traders[role], f"/api/{role}/summary") if "Seq Scan on orders_order " in plan]


def plans_of(person: Person, path: str) -> list[str]:
    """The plan of each question that answering `path` asks."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    client: Any = person.api if path.startswith("/api/") else Client()
    if client is not person.api:
        client.force_login(person.user)
    with connection.execute_wrapper(note):
        assert client.get(path).status_code == 200
    plans = []
    with connection.cursor() as cursor:
        for setting in ("parallel_setup_cost", "seq_page_cost", "random_page_cost"):  # as the application's role has them
            cursor.execute(f"SET LOCAL {setting} = {ROLE_SETTINGS[setting]}")
        for sql, params in asked:
            if sql.startswith("SELECT"):
                cursor.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {sql}", params)
                plans.append("\n".join(line for (line,) in cursor.fetchall()).replace("public.", ""))
    return plans


def _copies(model: Any, changed: dict[str, str], where: str) -> str:
    """SQL that writes ORDERS rows like one of `model`, some of whose columns are given by an expression of n."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    table = model._meta.db_table
    given = ", ".join(changed.get(column, f'like_it."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    where = f"like_it.{where}"
    return f"INSERT INTO {table} ({named}) SELECT {given} FROM {table} AS like_it, generate_series(1, {ORDERS}) AS n WHERE {where}"  # noqa: S608
