"""Rounds of one race with its guard, and of its control run without: that must break something, or the race proves nothing."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from aqad.audit import guard
from tests.proof.checker import broken_invariants
from tests.proof.recorder import FAIL, OK, UNKNOWN, Recorder
from tests.races.kinds import Race
from tests.races.stage import Stage

MOST_CONTROL_ROUNDS = 20  # within which a control run must have broken something
Tick = Callable[[], None]


@dataclass
class Run:
    """What was seen. `violations` are the rounds' own findings, then the rows that break an invariant at the end."""

    rounds: int = 0
    counted: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        return sum(self.counted.get(outcome, 0) for outcome in (OK, FAIL, UNKNOWN))


def guarded(race: Race, url: str, rounds: int, log: Path, tick: Tick = lambda: None) -> Run:
    """So many rounds against the real application; then every invariant is asked. The calls are on record in `log`."""
    return _play(race, Stage, url, log, lambda run: run.rounds < rounds, tick)


def control(race: Race, url: str, rounds: int, log: Path, tick: Tick = lambda: None) -> Run:
    """So many rounds without the guard, and more, up to a bound, if nothing has gone wrong by then. The database is empty afterwards."""

    def goes_on(run: Run) -> bool:
        return run.rounds < rounds or (run.rounds < MOST_CONTROL_ROUNDS and not run.violations and not broken_invariants())

    def stage(url: str, recorder: Recorder) -> Stage:
        return Stage(url, recorder, without=race.without)

    with dropped(race.open_to):
        try:
            return _play(race, stage, url, log, goes_on, tick)
        finally:
            empty_database()


def empty_database() -> None:
    """As between two tests, the record included."""
    with guard.lifted():
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=False)
    cache.clear()


@contextmanager
def dropped(constraints: Sequence[str]) -> Iterator[None]:
    """The database without these unique constraints or indexes; the tables must be empty of what they forbid when the block ends."""
    again = [_drop(name) for name in constraints]
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in again:
                cursor.execute(statement)


def scratch_log(name: str) -> Path:
    """Where a run's calls are recorded when nobody asked for them: a file that stays, so that a violation can be looked at."""
    return Path(tempfile.mkdtemp(prefix="aqad-proof-")) / f"{name}.jsonl"


def _play(race: Race, stage: Callable[[str, Recorder], Stage], url: str, log: Path, goes_on: Callable[[Run], bool], tick: Tick) -> Run:
    run, begun = Run(), time.monotonic()
    with Recorder(log) as recorder:
        playing = stage(url, recorder)
        while goes_on(run):
            run.violations += race.round(playing)
            run.rounds += 1
            tick()
        run.counted = dict(recorder.counted)
    run.violations += broken_invariants()
    run.seconds = time.monotonic() - begun
    return run


def _drop(name: str) -> str:
    """The statement that brings it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        found: Any = cursor.fetchone()
        if found:
            cursor.execute(f'ALTER TABLE {found[0]} DROP CONSTRAINT "{name}"')
            return f'ALTER TABLE {found[0]} ADD CONSTRAINT "{name}" {found[1]}'
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        definition = str(cursor.fetchone()[0])
        cursor.execute(f'DROP INDEX "{name}"')
    return definition
