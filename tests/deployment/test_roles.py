"""deploy/postgres/roles.sql: the owner migrates, the application trades, and the record stays out of the application's reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from aqad.audit.guard import APPEND_ONLY
from aqad.core.database import ROLE_SETTINGS
from tests.deployment.databases import Database, a_database, run

pytestmark = pytest.mark.production


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Roles made by the shipped SQL, tables by the owner, a day's trade by the application."""
    with a_database() as made:
        yield made


@pytest.fixture(scope="module")
def events(database: Database) -> int:
    """How many events a day's trade by the application has put on record."""
    command = [sys.executable, "-m", "tests.deployment.story_as_application"]
    return int(run(command, {"DATABASE_URL": database.url(database.app), "ALLOWED_HOSTS": "testserver"}).splitlines()[-1])


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
        assert {name: application.execute(f"SHOW {name}").fetchone() for name in ROLE_SETTINGS} == {
            name: (value,) for name, value in ROLE_SETTINGS.items()
        }
    with database.connect(database.owner) as owner:
        assert owner.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_the_application_makes_no_tables(database: Database) -> None:
    with database.connect(database.app) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("CREATE TABLE mine (id int)")


def _rows(application: psycopg.Connection[Any], table: str) -> Any:
    """Another answer as soon as one row is added, gone or different."""
    return application.execute(f"SELECT count(*), md5(string_agg(one::text, '' ORDER BY id)) FROM {table} AS one").fetchone()  # noqa: S608
