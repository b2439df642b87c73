"""Races run against real server processes: the application itself, and one that can be asked to go without a guard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.races.servers import Server, serving


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: object) -> Iterator[Server]:
    """The real application, two worker processes."""
    with django_db_blocker.unblock(), serving() as running:  # type: ignore[attr-defined]
        yield running


@pytest.fixture(scope="module")
def unguarded(django_db_setup: None, django_db_blocker: object) -> Iterator[Server]:
    """The same, but for the guard that a request's header names."""
    with django_db_blocker.unblock(), serving("tests.races.unguarded_server:application") as running:  # type: ignore[attr-defined]
        yield running
