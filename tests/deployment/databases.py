"""Scratch databases with the roles that deploy/postgres/roles.sql makes, and programs that run as one of them."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

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
        with psycopg.connect(**server(), dbname=self.name, user=role, password=self.password, autocommit=True) as one:
            yield one


@contextmanager
def a_database() -> Iterator[Database]:
    """Roles made by the shipped SQL, tables by the owner."""
    mark = secrets.token_hex(4)
    made = Database(f"aqad_scratch_{mark}", f"aqad_owner_{mark}", f"aqad_app_{mark}", secrets.token_hex(16))
    with superuser("postgres") as first:
        first.execute(f"CREATE DATABASE {made.name}")
    try:
        for _twice in range(2):
            _make_roles(made, mark)
        with superuser(made.name) as inside:
            for role in (made.owner, made.app):
                inside.execute(f"ALTER ROLE {role} PASSWORD '{made.password}'")
        run([sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"], urls(made))
        yield made
    finally:
        with superuser("postgres") as last:
            last.execute(f"DROP DATABASE {made.name} WITH (FORCE)")
            last.execute(f"DROP ROLE {made.owner}, {made.app}")


@contextmanager
def an_empty_one_beside(other: Database) -> Iterator[Database]:
    """A database without tables, for the same roles."""
    made = replace(other, name=f"{other.name}_restored")
    with superuser("postgres") as first:
        first.execute(f"CREATE DATABASE {made.name}")
    try:
        _make_roles(made, other.owner.removeprefix("aqad_owner_"))
        yield made
    finally:
        with superuser("postgres") as last:
            last.execute(f"DROP DATABASE {made.name} WITH (FORCE)")


def urls(database: Database) -> dict[str, str]:
    return {"DATABASE_URL": database.url(database.app), "MIGRATION_DATABASE_URL": database.url(database.owner)}


def superuser(name: str) -> psycopg.Connection[Any]:
    given = connection.settings_dict
    return psycopg.connect(**server(), dbname=name, user=given["USER"], password=given["PASSWORD"] or None, autocommit=True)


def server() -> dict[str, Any]:
    given = connection.settings_dict
    return {"host": given["HOST"] or "127.0.0.1", "port": int(given["PORT"] or 5432)}


def run(command: list[str], more: dict[str, str], *, code: int = 0) -> str:
    """What the program says; it must end with `code`."""
    environment = {**os.environ, "REDIS_URL": "", "DATABASE_REPLICA_URL": "", "RATE_LIMIT_SCALE": "100", "LOG_LEVEL": "ERROR", **more}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, (done.stdout + done.stderr)[-3000:]
    return done.stdout if code == 0 else done.stdout + done.stderr


def _make_roles(database: Database, mark: str) -> None:
    script = re.sub(r"aqad_(owner|app)\b", rf"aqad_\1_{mark}", ROLES.read_text(encoding="utf-8"))
    with superuser(database.name) as inside:
        inside.execute(script)
