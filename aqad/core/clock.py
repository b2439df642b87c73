"""The only clock. The demo and the tests may live in another week."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

_offset: timedelta | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    present = datetime.now(UTC)
    return present if _offset is None else present + _offset


def today() -> date:
    """The present day in the UAE."""
    return timezone.localtime(now()).date()


@contextmanager
def living_at(moment: datetime) -> Iterator[None]:
    """Let the whole process live from `moment` on, until the block ends. For the demo and tests only."""
    global _offset
    before = _offset
    _offset = moment - datetime.now(UTC)
    try:
        yield
    finally:
        _offset = before
