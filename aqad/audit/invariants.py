"""A2: the record cannot be changed."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection, transaction

from aqad.audit.guard import APPEND_ONLY


def a2_append_only_tables_refuse_change() -> list[str]:
    """Tried for real, and rolled back."""
    found = []
    for table in APPEND_ONLY:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  (names from our own list)
                touched = cursor.rowcount
                transaction.set_rollback(True)
            if touched:
                found.append(f"{table}: {touched} rows could be deleted")
        except DatabaseError:
            continue
    return found


INVARIANTS: dict[str, Callable[[], list[str]]] = {"A2 append-only tables refuse change": a2_append_only_tables_refuse_change}
