"""A cursor for the statements that every request repeats: PostgreSQL parses and plans each of them once per connection.

Planning costs more than running where a few rows are found by their keys. Not for statements whose best plan hangs on their values, such
as a span of prices. Behind PgBouncer (`DATABASE_POOL_SIZE=0`) nothing is kept, since each transaction may have another connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.pq import Format

WRITER = "default"
BindingCursor: Any = ServerBindingCursor


@contextmanager
def repeated(alias: str = WRITER, *, is_binary: bool = False) -> Iterator[Any]:
    """A cursor, measured like every other. `is_binary` answers are read faster, but not by Django: for plain types alone."""
    connection: Any = connections[alias]
    if connection.vendor != "postgresql" or connection.queries_logged:  # Django's log cannot read this cursor
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        bare = BindingCursor(connection.connection)
        bare.format = Format.BINARY if is_binary else Format.TEXT
    with connection._prepare_cursor(bare) as cursor:  # as `connection.cursor()` does with its own
        yield cursor
