"""Triggers that refuse UPDATE, DELETE and TRUNCATE on append-only tables, on PostgreSQL and on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection as default_connection
from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ["audit_event", "catalog_stockmovement"]

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION aqad_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make `table` append-only."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
            cursor.execute(
                f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION aqad_append_only()"
            )
            cursor.execute(
                f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION aqad_append_only()"
            )
        else:
            for word in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_{word.lower()} BEFORE {word} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_rows ON {table}")
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_truncate ON {table}")
        else:
            for word in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{word}")


def installer(table: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """Forward and backward functions for a migration's RunPython."""

    def forward(_apps: Any, editor: Any) -> None:
        install(editor.connection, table)

    def backward(_apps: Any, editor: Any) -> None:
        remove(editor.connection, table)

    return forward, backward


@contextmanager
def lifted(connection: BaseDatabaseWrapper | None = None) -> Iterator[None]:
    """Without the guard, for a test's teardown by the owner of the tables; nothing else may use this."""
    target = connection or default_connection
    for table in APPEND_ONLY:
        remove(target, table)
    try:
        yield
    finally:
        for table in APPEND_ONLY:
            install(target, table)
