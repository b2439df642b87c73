"""What pgbench measures AQAD against must be worth the name of an order: everything of it, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

HERE = Path(__file__).resolve().parent
pytestmark = [pytest.mark.production, pytest.mark.django_db]


@pytest.fixture
def shelf() -> Iterator[None]:
    """Products 1, 2 and 3 at 10.00, in a schema that goes with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA peer; SET LOCAL search_path TO peer")
        cursor.execute(
            "CREATE TABLE groceries AS SELECT id, 'Rice' AS title, 10.00 AS price, 5.00 AS vat_rate FROM generate_series(1, 3) id"
        )
        cursor.execute((HERE / "order_tables.sql").read_text())
        yield
        cursor.execute("SET LOCAL search_path TO DEFAULT")


def test_places_three_lines_with_stock_ledger_and_record(shelf: None) -> None:
    _order(a=1, b=2, c=3, retailer=7)

    assert _rows("SELECT retailer_id, status, subtotal::text, vat::text, total::text FROM orders") == [
        (7, "pending", "60.00", "3.00", "63.00")
    ]
    assert _rows("SELECT product_id, quantity, line_total::text, vat::text FROM order_lines ORDER BY 1") == [
        (1, 1, "10.00", "0.50"), (2, 2, "20.00", "1.00"), (3, 3, "30.00", "1.50"),
    ]  # fmt: skip
    assert _rows("SELECT product_id, reserved FROM stock ORDER BY 1") == [(1, 1), (2, 2), (3, 3)]
    ledger = (
        "SELECT m.product_id, kind, reserved_change, l.product_id FROM stock_movements m JOIN order_lines l ON l.id = line_id ORDER BY 1"
    )
    assert _rows(ledger) == [(1, "reserved", 1, 1), (2, "reserved", 2, 2), (3, "reserved", 3, 3)]
    assert _rows("SELECT verb, subject = 'ORD' || orders.id, actor FROM events, orders") == [("orders.placed", True, "Retailer R7")]


@pytest.mark.parametrize("short", [1, 2, 3])
def test_refuses_all_when_one_line_is_short(shelf: None, short: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE stock SET on_hand = %s WHERE product_id = %s", [short - 1, short])

    with pytest.raises(IntegrityError, match='"total"'), transaction.atomic():
        _order(a=1, b=2, c=3, retailer=7)

    for table in ("orders", "order_lines", "stock_movements", "events", "stock WHERE reserved > 0"):
        assert _rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608


def _order(**values: int) -> None:
    """As pgbench sends it: the file without its `\\set` lines, with values for its names."""
    lines = [line for line in (HERE / "order.sql").read_text().splitlines() if not line.startswith(("\\", "--"))]
    statement = re.sub(r":(\w+)", lambda name: str(values[name[1]]), "\n".join(lines))
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(question: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()
