"""Connections out of the pool: given without a question while they live, and never after their end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg_pool import ConnectionPool

from aqad.core.pooled import PooledConnection

pytestmark = pytest.mark.production
Pool = ConnectionPool[PooledConnection]


@pytest.fixture
def address() -> str:
    database = settings.DATABASES["default"]
    return psycopg.conninfo.make_conninfo(
        "", host=database["HOST"], port=database["PORT"], user=database["USER"], password=database["PASSWORD"], dbname="postgres"
    )


@pytest.fixture
def pool(address: str) -> Iterator[Pool]:
    """As Django makes its own."""
    with ConnectionPool(
        address,
        connection_class=PooledConnection,
        min_size=1,
        max_size=1,
        timeout=5,
        check=ConnectionPool.check_connection,
        kwargs={"autocommit": True},
    ) as made:
        yield made


def process_of(pool: Pool) -> int:
    with pool.connection() as connection:
        [(process,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
    return int(process)


def test_a_connection_that_lives_is_not_asked(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    first, asked = process_of(pool), list[Any]()
    execute = psycopg.Connection.execute
    monkeypatch.setattr(psycopg.Connection, "execute", lambda self, query, *rest: asked.append(query) or execute(self, query, *rest))
    assert process_of(pool) == first
    assert asked == ["SELECT pg_backend_pid()"]


def test_a_connection_that_was_ended_is_given_to_nobody(pool: Pool, address: str) -> None:
    first = process_of(pool)
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])
        deadline = time.monotonic() + 5
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [first]).fetchone() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert process_of(pool) != first


def test_news_is_read_and_ends_nothing(pool: Pool, address: str) -> None:
    first = process_of(pool)
    with pool.connection() as connection:
        connection.execute("LISTEN news")
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("NOTIFY news")
    assert process_of(pool) == first
