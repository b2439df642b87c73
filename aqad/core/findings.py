"""What the doctor found: one line each, good or not, with a value and, where it is not good, the next thing to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"  # look at it today
    FAIL = "fail"  # somebody is hurt by it now


WORST_FIRST = (Level.FAIL, Level.WARN, Level.OK)
EXIT_CODES = {Level.OK: 0, Level.WARN: 1, Level.FAIL: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """`value` is what was measured, `advice` the next thing to do, `details` lines that say more."""

    area: str
    name: str
    level: Level
    value: str
    advice: str = ""
    details: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "details": list(self.details)}


Check = Callable[[], Iterable[Finding]]
_declared: list[tuple[str, Check]] = []


def declare(area: str, check: Check) -> None:
    """Let the doctor ask this too: for apps that nobody may import. It is asked of the database, in a second or two."""
    _declared.append((area, check))


def declared() -> Sequence[tuple[str, Check]]:
    return tuple(_declared)


def ok(area: str, name: str, value: str, details: Sequence[str] = (), advice: str = "") -> Finding:
    return Finding(area, name, Level.OK, value, advice, details)


def warn(area: str, name: str, value: str, advice: str, details: Sequence[str] = ()) -> Finding:
    return Finding(area, name, Level.WARN, value, advice, details)


def fail(area: str, name: str, value: str, advice: str, details: Sequence[str] = ()) -> Finding:
    return Finding(area, name, Level.FAIL, value, advice, details)


def judge(area: str, name: str, number: float, value: str, advice: str, *, warn_at: float, fail_at: float, **more: Any) -> Finding:
    """Good below `warn_at`; from `fail_at` on it hurts."""
    level = Level.FAIL if number >= fail_at else Level.WARN if number >= warn_at else Level.OK
    return Finding(area, name, level, value, "" if level == Level.OK else advice, **more)


def worst(findings: Iterable[Finding]) -> Level:
    found = {finding.level for finding in findings}
    return next((level for level in WORST_FIRST if level in found), Level.OK)


def ago(seconds: float) -> str:
    """`42 s`, `7 min`, `3 h`, `2 days`"""
    for size, word in ((86_400, " days"), (3_600, " h"), (60, " min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f}{word}"
    return f"{seconds:.0f} s"
