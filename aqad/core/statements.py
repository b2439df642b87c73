"""The statements that every request repeats: PostgreSQL parses and plans each of them once per connection.

Planning costs more than running where a few rows are found by their keys. Not for statements whose best plan hangs on their values, such
as a span of prices. Behind PgBouncer (`DATABASE_POOL_SIZE=0`) nothing is kept, since each transaction may have another connection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import RawCursor
from psycopg.pq import Format

WRITER = "default"
NAMED = re.compile(r"%\((\w+)\)s")
BindingCursor: Any = ServerBindingCursor


def ask(
    sql: str, params: Any = (), *, alias: str = WRITER, is_binary: bool = False, cursor_class: Any = BindingCursor
) -> list[tuple[Any, ...]]:
    """The rows that the statement gives, if any; it is measured like every other, and raises Django's errors.

    `is_binary` answers are read faster, but not by Django: for plain types alone.
    """
    connection: Any = connections[alias]
    if connection.vendor != "postgresql" or connection.queries_logged:  # Django's log cannot read the other cursor
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall()) if cursor.description else []
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        bare = cursor_class(connection.connection)
    bare.format = Format.BINARY if is_binary else Format.TEXT
    CursorWrapper(bare, connection).execute(sql, params)  # no more of what `connection.cursor()` does is needed for one statement
    return bare.fetchall() if bare.pgresult.nfields else []


def are_kept() -> bool:
    """Whether a connection keeps what was planned on it. A very long statement costs more than it spares where it is planned each time."""
    return bool(connections[WRITER].settings_dict["OPTIONS"].get("prepare_threshold"))


class Statement:
    """A long statement for PostgreSQL whose values have names, written `%(name)s`: psycopg would look for them anew each time."""

    def __init__(self, words: str) -> None:
        self.words, self.names = words, list(dict.fromkeys(NAMED.findall(words)))
        self.numbered = NAMED.sub(lambda name: f"${self.names.index(name[1]) + 1}", words).replace("%%", "%")

    def first(self, values: Mapping[str, Any]) -> Any:
        """The first row, or None where there is none."""
        if connections[WRITER].queries_logged:
            rows = ask(self.words, values)
        else:
            rows = ask(self.numbered, [values[name] for name in self.names], cursor_class=RawCursor)
        return rows[0] if rows else None
