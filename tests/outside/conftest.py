"""The servers of others, each started once for the tests that speak to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.outside.rabbit import Rabbit


@pytest.fixture(scope="session")
def _rabbit() -> Iterator[Rabbit]:
    node = Rabbit()
    try:
        yield node.start()
    finally:
        node.end()


@pytest.fixture
def rabbit(_rabbit: Rabbit) -> Iterator[Rabbit]:
    """The broker, alive at the beginning of the test."""
    if not _rabbit.answers():
        _rabbit.start()
    yield _rabbit
    if _rabbit.node is None:
        _rabbit.start()
