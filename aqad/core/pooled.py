"""A connection out of the pool is looked at, not asked, before it is given to a request."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from psycopg.rows import TupleRow

STATEMENT_OF_THE_CHECK: Any = ""


class PooledConnection(psycopg.Connection[TupleRow]):
    """Answers the pool's check, an empty statement, from its socket.

    A server that ends a connection, or dies, leaves word there. Where there is none, asking would only cost a round trip on every request;
    where there is some, the statement is sent, and raises OperationalError if that was the end.
    """

    def execute(self, query: Any, *args: Any, **options: Any) -> psycopg.Cursor[TupleRow]:
        if query == STATEMENT_OF_THE_CHECK and not self.closed and not self._has_word():
            return self.cursor()
        return super().execute(query, *args, **options)

    def _has_word(self) -> bool:
        """Whether anything waits to be read, which at rest is nothing but news."""
        watching = select.poll()
        watching.register(self.fileno(), select.POLLIN)
        return bool(watching.poll(0))
