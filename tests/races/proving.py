"""All races, one after the other, with their control runs, as a table."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from aqad.core import clock
from tests.proof.recorder import FAIL, OK, UNKNOWN
from tests.proof.tables import Bar, markdown
from tests.races.kinds import KINDS, Race
from tests.races.running import Run, control, empty_database, guarded, scratch_log
from tests.races.servers import serving

HEADINGS = ("race", "rounds", "requests", "ok", "fail", "unknown", "violations", "violations without the guard", "seconds")
MOST_CONTROL_ROUNDS = 10  # a control proves by failing, not by its length
SHOWN = 5


def prove(rounds: int, *, only: Sequence[str] = ()) -> tuple[str, bool]:
    """Run so many rounds of each kind (or of those named `only`). The table, and whether every promise held and every control broke."""
    unknown = [name for name in only if name not in KINDS]
    if unknown:
        raise SystemExit(f"There is no race named {', '.join(unknown)}. There are: {', '.join(KINDS)}.")
    rows, holds = [], True
    with serving() as real, serving("tests.races.unguarded_server:application") as unguarded:
        for name in only or KINDS:
            seen, without = _one(name, KINDS[name], real.url, unguarded.url, rounds)
            holds = holds and not seen.violations and bool(without.violations)
            rows.append(_row(KINDS[name], seen, without))
    when = f"{clock.now():%Y-%m-%d}, Python {platform.python_version()}, two server processes of 16 threads, PostgreSQL and Redis"
    return f"{markdown(HEADINGS, rows)}\n{when}.", holds


def _one(name: str, race: Race, real: str, unguarded: str, rounds: int) -> tuple[Run, Run]:
    log, control_log = scratch_log(name), scratch_log(f"{name}-without-guard")
    bar = Bar(race.title[:44], rounds)
    seen = guarded(race, real, rounds, log, bar.tick)
    bar.end(f"{len(seen.violations)} violations, {seen.requests} requests in {seen.seconds:.0f} s; {log}")
    for line in seen.violations[:SHOWN]:
        print(f"    {line}")
    empty_database()
    few = min(rounds, MOST_CONTROL_ROUNDS)
    bar = Bar("    without its guard", few)
    without = control(race, unguarded, few, control_log, bar.tick)
    bar.end(
        f"{len(without.violations)} violations, as there must be; {control_log}"
        if without.violations
        else "NOTHING BROKE: it proves nothing"
    )
    for line in without.violations[:SHOWN]:
        print(f"    {line}")
    return seen, without


def _row(race: Race, seen: Run, without: Run) -> list[object]:
    counted = [seen.counted.get(outcome, 0) for outcome in (OK, FAIL, UNKNOWN)]
    broken = f"{len(without.violations)} in {without.rounds} rounds"
    return [race.title, seen.rounds, seen.requests, *counted, len(seen.violations), broken, f"{seen.seconds:.0f}"]
