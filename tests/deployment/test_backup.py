"""The drill of docs/backup.md: a dump, minutes that are lost after it, a restore, and what the bank says was lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.deployment.databases import Database, a_database, an_empty_one_beside, run, superuser, urls

pytestmark = [pytest.mark.production, pytest.mark.alone]
BACKUP = Path(settings.BASE_DIR) / "deploy" / "backup"
# The bank is another company: what it knows is not lost with our database.
BANK = ("payments_bankcharge", "payments_bankrefund")


@dataclass
class Drill:
    dumped: Path
    live: Database
    restored: Database
    lost: dict[str, str]


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    with a_database() as live:
        trade("story", live)
        dumped = Path(dump(live, tmp_path_factory.mktemp("dumps")))
        lost = json.loads(trade("minutes", live).splitlines()[-1])
        with an_empty_one_beside(live) as restored:
            restore(restored, dumped)
            yield Drill(dumped, live, restored, lost)


def test_what_was_there_at_the_dump_is_there_and_every_promise_holds(drill: Drill) -> None:
    assert "M2 taken as booked" in manage(drill.restored, "check_invariants", "-v2")
    assert "agree" in manage(drill.restored, "reconcile_stock")
    with superuser(drill.restored.name) as restored, superuser(drill.live.name) as live:
        counted = "SELECT count(*) FROM orders_order"
        assert (restored.execute(counted).fetchone(), live.execute(counted).fetchone()) == ((2,), (3,))


def test_the_record_is_as_closed_as_before(drill: Drill) -> None:
    with drill.restored.connect(drill.restored.app) as application:
        for statement in ("DELETE FROM audit_event", "TRUNCATE audit_event CASCADE", "DROP TABLE audit_event CASCADE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)


def test_the_bank_names_what_was_lost_and_nothing_else(drill: Drill) -> None:
    assert "Both books agree" in manage(drill.restored, "reconcile_gateway")
    bring_the_banks_book(drill)
    said = manage(drill.restored, "reconcile_gateway", code=1)
    charge, refund = drill.lost["charge"], drill.lost["refund"]
    assert f"Charge {charge} of {drill.lost['total']} AED" in said
    assert f"Refund {refund} of 10.00 AED" in said
    assert f"of {drill.lost['payment']} is unknown to us" in said
    assert "2 differences" in said
    assert "Both books agree" in manage(drill.live, "reconcile_gateway")


def test_trade_goes_on_and_no_number_is_given_out_twice(drill: Drill) -> None:
    made = json.loads(trade("minutes", drill.restored).splitlines()[-1])
    assert int(made["order"].removeprefix("ORD")) > int(drill.lost["order"].removeprefix("ORD")) + 9_000


def test_a_database_that_is_not_empty_is_left_alone(drill: Drill) -> None:
    with superuser(drill.live.name) as live:
        before = live.execute("SELECT count(*), max(id) FROM audit_event").fetchone()
        done = run_script("restore", drill.live, str(drill.dumped))
        assert (done.returncode, "has tables already" in done.stderr) == (1, True)
        assert live.execute("SELECT count(*), max(id) FROM audit_event").fetchone() == before


def test_a_dump_that_was_cut_short_restores_nothing(drill: Drill, tmp_path: Path) -> None:
    half = tmp_path / "half.dump"
    half.write_bytes(drill.dumped.read_bytes()[:-20_000])
    with an_empty_one_beside(Database(f"{drill.live.name}_2", drill.live.owner, drill.live.app, drill.live.password)) as empty:
        assert run_script("restore", empty, str(half)).returncode != 0
        with superuser(empty.name) as inside:
            assert inside.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_dump_that_fails_leaves_no_file_and_no_older_one_is_removed(drill: Drill, tmp_path: Path) -> None:
    older = tmp_path / "aqad-20200101T000000Z.dump"
    older.touch()
    os.utime(older, (0, 0))
    nowhere = Database(f"{drill.live.name}_gone", drill.live.owner, drill.live.app, drill.live.password)
    assert run_script("dump", nowhere, str(tmp_path)).returncode != 0
    assert list(tmp_path.iterdir()) == [older]
    dump(drill.live, tmp_path)
    [left] = tmp_path.iterdir()
    assert left != older
    assert left.stat().st_mode & 0o077 == 0


def trade(what: str, database: Database) -> str:
    more = {"DATABASE_URL": database.url(database.app), "ALLOWED_HOSTS": "testserver"}
    return run([sys.executable, "-m", f"tests.deployment.{what}_as_application"], more)


def manage(database: Database, *command: str, code: int = 0) -> str:
    return run([sys.executable, "manage.py", *command], urls(database), code=code)


def dump(database: Database, folder: Path) -> str:
    done = run_script("dump", database, str(folder))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def restore(database: Database, file: Path) -> None:
    done = run_script("restore", database, str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("restored: ")


def run_script(name: str, database: Database, argument: str) -> subprocess.CompletedProcess[str]:
    environment: dict[str, Any] = {"PATH": "/usr/local/bin:/usr/bin:/bin", "DATABASE_URL": database.url(database.owner)}
    return subprocess.run([BACKUP / name, argument], env=environment, capture_output=True, text=True, timeout=120, check=False)


def bring_the_banks_book(drill: Drill) -> None:
    tables = [word for table in BANK for word in ("--table", table)]
    command = ["pg_dump", "--data-only", *tables, drill.live.url(drill.live.owner)]
    rows = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    with superuser(drill.restored.name) as restored:
        restored.execute(f"TRUNCATE {', '.join(BANK)} CASCADE")
    target = drill.restored.url(drill.restored.owner)
    subprocess.run(["psql", "--quiet", "--set", "ON_ERROR_STOP=1", target], input=rows, text=True, timeout=60, check=True)
