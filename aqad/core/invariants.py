"""What must always hold. Apps declare their checks when they start; each returns one line per violation, naming the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

BROKEN_KEY = "invariants:broken"  # how many were, the last time all were asked; in the cache
Check = Callable[[], list[str]]
_checks: dict[str, Check] = {}


def declare(checks: Mapping[str, Check]) -> None:
    """Add checks such as `{"S2 counters equal the ledger": s2_counters_equal_ledger}`."""
    _checks.update(checks)


def chosen(beginnings: tuple[str, ...]) -> list[tuple[str, Check]]:
    """Those whose names begin so, in order."""
    return [(name, _checks[name]) for name in sorted(_checks) if name.startswith(beginnings)]


def violations() -> Iterator[tuple[str, list[str]]]:
    """Each invariant's name, in order, with what breaks it; an empty list where it holds."""
    for name in sorted(_checks):
        yield name, _checks[name]()
