"""Races run against real server processes; afterwards every invariant must hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aqad.core.invariants import violations
from tests.races.servers import Server, serving


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: object) -> Iterator[Server]:
    """The real application, two worker processes."""
    with django_db_blocker.unblock(), serving() as running:  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def promises_hold(transactional_db: None) -> Iterator[None]:
    """Ask every invariant once the race is over. Control runs do without."""
    yield
    broken = {name: rows for name, rows in violations() if rows}
    assert not broken
