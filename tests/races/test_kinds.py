"""What people do at the same moment, against real server processes. Each guard has a control run without it, which must go wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aqad.core import writing
from catalog.actions import stock
from orders.api import at_once
from payments.models import Payment
from tests.races.kinds import KINDS
from tests.races.running import control, guarded
from tests.races.servers import Server
from tests.races.unguarded import PLACING, TAKING, WRITING

pytestmark = [pytest.mark.alone, pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = int(os.environ.get("AQAD_RACE_ROUNDS", "3"))


def kinds() -> list[object]:
    """On SQLite one writer is let in at a time whatever we do, so only the races that are one anyway are run there."""
    return [pytest.param(name, marks=pytest.mark.embedded if race.anywhere else pytest.mark.production) for name, race in KINDS.items()]


@pytest.mark.parametrize("name", kinds())
def test_keeps_every_promise(name: str, server: Server, tmp_path: Path) -> None:
    seen = guarded(KINDS[name], server.url, ROUNDS, tmp_path / "calls.jsonl")
    assert seen.violations == []
    assert seen.rounds == ROUNDS
    assert seen.counted["ok"] >= ROUNDS


@pytest.mark.production
@pytest.mark.parametrize("name", KINDS)
def test_control_without_its_guard_something_breaks(name: str, unguarded: Server, tmp_path: Path) -> None:
    seen = control(KINDS[name], unguarded.url, 1, tmp_path / "calls.jsonl")
    assert seen.violations, f"nothing went wrong in {seen.rounds} rounds without the guard, so the race proves nothing"


@pytest.mark.embedded
def test_the_controls_and_the_faults_know_the_statements_by_which_an_order_is_placed() -> None:
    """A control waits before them, so that others come between; by another name it would wait for nothing, and prove nothing."""
    assert stock.TAKE.lstrip().startswith(TAKING)
    assert writing._words(((Payment, True),)).startswith(WRITING)
    assert at_once.PLACE.lstrip().startswith(PLACING)


@pytest.mark.production
def test_the_server_without_guards_keeps_every_promise_while_none_is_named(unguarded: Server, tmp_path: Path) -> None:
    """What goes wrong in a control run is the missing guard's doing, not that of the other server."""
    for name, race in KINDS.items():
        assert guarded(race, unguarded.url, 1, tmp_path / f"{name}.jsonl").violations == []
