"""Run a proof as a whole and write its table: `python -m tests.proof races --rounds 200`.

Needs PostgreSQL (`DATABASE_URL`) and Redis (`REDIS_URL`, whose database is emptied); works in a test database of its own.
Exit status 1 when a promise was broken, or when a control run broke none.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

import tests.environment  # noqa: F401  (before Django's settings)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
os.environ["LOG_LEVEL"] = "ERROR"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "trust.md"


def races(options: argparse.Namespace) -> tuple[str, bool]:
    from tests.races.proving import prove

    return prove(options.rounds, only=options.only)


PARTS: dict[str, Callable[[argparse.Namespace], tuple[str, bool]]] = {"races": races}


def main() -> int:
    options = _read_arguments()
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.proof.tables import put_between

    if connection.vendor != "postgresql" or not os.environ.get("REDIS_URL"):
        print("A proof needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL, or run ./dev trust.", file=sys.stderr)
        return 2
    setup_test_environment()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        table, holds = PARTS[options.part](options)
    finally:
        teardown_databases(old, verbosity=0)
    print(f"\n{table}")
    if options.write:
        put_between(options.page, options.part, table)
    return 0 if holds else 1


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description="Prove what docs/trust.md promises.")
    parser.add_argument("part", choices=list(PARTS))
    parser.add_argument("--rounds", type=int, default=200, help="of each kind (default 200)")
    parser.add_argument("--only", nargs="*", default=[], help="these kinds alone, by their names in tests/races/kinds.py")
    parser.add_argument("--write", action="store_true", help="put the table into docs/trust.md, between its markers")
    parser.add_argument("--page", type=Path, default=PAGE, help="another page to put it into")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("at least one round")
    return options


if __name__ == "__main__":
    sys.exit(main())
