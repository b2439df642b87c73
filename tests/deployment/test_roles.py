"""deploy/postgres/roles.sql: the owner migrates, the application trades, and the record stays out of the application's reach."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from aqad.audit.guard import APPEND_ONLY
from aqad.core.database import LIMITS

pytestmark = pytest.mark.production
ROLES = Path(settings.BASE_DIR) / "deploy" / "postgres" / "roles.sql"


@dataclass
class Database:
    """A scratch database with roles of its own; `url` and `connect` speak as one of them."""

    name: str
    owner: str
    app: str
    password: str

    def url(self, role: str) -> str:
        given = connection.settings_dict
        host = given["HOST"] or "127.0.0.1"
        where = host.replace("/", "%2F") if host.startswith("/") else f"{host}:{given['PORT'] or 5432}"
        return f"postgres://{role}:{self.password}@{where}/{self.name}"

    @contextmanager
    def connect(self, role: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(**_server(), dbname=self.name, user=role, password=self.password, autocommit=True) as one:
            yield one


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Roles made by the shipped SQL, tables by the owner, a day's trade by the application."""
    mark = secrets.token_hex(4)
    made = Database(f"aqad_scratch_{mark}", f"aqad_owner_{mark}", f"aqad_app_{mark}", secrets.token_hex(16))
    script = re.sub(r"aqad_(owner|app)\b", rf"aqad_\1_{mark}", ROLES.read_text(encoding="utf-8"))
    with _superuser("postgres") as server:
        server.execute(f"CREATE DATABASE {made.name}")
    try:
        with _superuser(made.name) as inside:
            for _twice in range(2):
                inside.execute(script)
            for role in (made.owner, made.app):
                inside.execute(f"ALTER ROLE {role} PASSWORD '{made.password}'")
        urls = {"DATABASE_URL": made.url(made.app), "MIGRATION_DATABASE_URL": made.url(made.owner)}
        _run([sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"], urls)
        yield made
    finally:
        with _superuser("postgres") as server:
            server.execute(f"DROP DATABASE {made.name} WITH (FORCE)")
            server.execute(f"DROP ROLE {made.owner}, {made.app}")


@pytest.fixture(scope="module")
def events(database: Database) -> int:
    """How many events a day's trade by the application has put on record."""
    command = [sys.executable, "-m", "tests.deployment.story_as_application"]
    return int(_run(command, {"DATABASE_URL": database.url(database.app), "ALLOWED_HOSTS": "testserver"}).splitlines()[-1])


def test_the_application_can_do_a_days_trade(database: Database, events: int) -> None:
    with database.connect(database.app) as application:
        assert application.execute("SELECT count(*) FROM audit_event").fetchone() == (events,)
    assert events > 20


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER {table}_rows",
        "DROP TRIGGER {table}_rows ON {table}",
        "DROP TABLE {table} CASCADE",
        "ALTER TABLE {table} OWNER TO CURRENT_USER",
        "CREATE TRIGGER a_first BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING",
        "CREATE OR REPLACE FUNCTION aqad_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "SET ROLE {owner}",
    ],
)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_application_cannot_touch_the_record(database: Database, table: str, statement: str) -> None:
    with database.connect(database.app) as application:
        before = _rows(application, table)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(statement.format(table=table, owner=database.owner))
        assert _rows(application, table) == before
        guarded = "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'"
        assert application.execute(guarded, [table]).fetchone() == (2,)


def test_the_waits_of_the_application_are_bounded_and_those_of_the_owner_are_not(database: Database) -> None:
    with database.connect(database.app) as application:
        assert {name: application.execute(f"SHOW {name}").fetchone() for name in LIMITS} == {
            name: (value,) for name, value in LIMITS.items()
        }
    with database.connect(database.owner) as owner:
        assert owner.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_the_application_makes_no_tables(database: Database) -> None:
    with database.connect(database.app) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("CREATE TABLE mine (id int)")


def _rows(application: psycopg.Connection[Any], table: str) -> Any:
    """Another answer as soon as one row is added, gone or different."""
    return application.execute(f"SELECT count(*), md5(string_agg(one::text, '' ORDER BY id)) FROM {table} AS one").fetchone()  # noqa: S608


def _superuser(name: str) -> psycopg.Connection[Any]:
    given = connection.settings_dict
    return psycopg.connect(**_server(), dbname=name, user=given["USER"], password=given["PASSWORD"] or None, autocommit=True)


def _server() -> dict[str, Any]:
    given = connection.settings_dict
    return {"host": given["HOST"] or "127.0.0.1", "port": int(given["PORT"] or 5432)}


def _run(command: list[str], more: dict[str, str]) -> str:
    environment = {**os.environ, "REDIS_URL": "", "DATABASE_REPLICA_URL": "", "RATE_LIMIT_SCALE": "100", "LOG_LEVEL": "ERROR", **more}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout
