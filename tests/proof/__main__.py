"""Run a proof as a whole and write its table: `python -m tests.proof races --rounds 200`, `... faults --times 5`, `... inputs`.

The races need PostgreSQL (`DATABASE_URL`) and Redis (`REDIS_URL`, whose database is emptied) and work in a test database of their own;
the faults bring servers of their own. Exit status 1 when a promise was broken, or when a control run broke none.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import django

import tests.environment  # noqa: F401  (before Django's settings)
from tests.stack.parts import dev

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "trust.md"


class Needs(Exception):
    """What a proof cannot do without."""


def races(options: argparse.Namespace) -> tuple[str, bool]:
    from django.db import connection
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.races.proving import prove

    if connection.vendor != "postgresql" or not os.environ.get("REDIS_URL"):
        raise Needs("The races need PostgreSQL and Redis: set DATABASE_URL and REDIS_URL, or run ./dev trust.")
    setup_test_environment()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        return prove(options.rounds, only=options.only)
    finally:
        teardown_databases(old, verbosity=0)


def faults(options: argparse.Namespace) -> tuple[str, bool]:
    from tests.faults.proving import prove

    return prove(options.times, only=options.only, rows=options.rows, shown=lambda table: _put(options, table))


def inputs(options: argparse.Namespace) -> tuple[str, bool]:
    from tests.hostile.__main__ import prove

    return prove(only=options.only)


PARTS: dict[str, Callable[[argparse.Namespace], tuple[str, bool]]] = {"races": races, "faults": faults, "inputs": inputs}


def main() -> int:
    options = _read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started is ended on the way out
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    try:
        table, holds = PARTS[options.part](options)
    except (Needs, dev.Refusal, dev.Unavailable) as needs:
        print(needs, file=sys.stderr)
        return 2
    print(f"\n{table}")
    _put(options, table)
    return 0 if holds else 1


def _put(options: argparse.Namespace, table: str) -> None:
    from tests.proof.tables import put_between

    if options.write:
        put_between(options.page, options.part, table)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description="Prove what docs/trust.md promises.")
    parser.add_argument("part", choices=list(PARTS))
    parser.add_argument("--rounds", type=int, default=200, help="of each kind of race (default 200)")
    parser.add_argument("--times", type=int, default=5, help="that each fault is struck (default 5)")
    parser.add_argument(
        "--only",
        nargs="*",
        default=[],
        help="these alone, by their names in tests/races/kinds.py, tests/faults/strikes.py or tests/hostile/__main__.py",
    )
    parser.add_argument("--rows", type=Path, help="where each fault's row is kept; those that are there already are not struck again")
    parser.add_argument("--write", action="store_true", help="put the table into docs/trust.md, between its markers")
    parser.add_argument("--page", type=Path, default=PAGE, help="another page to put it into")
    options = parser.parse_args()
    if options.rounds < 1 or options.times < 1:
        parser.error("at least one round, at least one time")
    return options


if __name__ == "__main__":
    sys.exit(main())
