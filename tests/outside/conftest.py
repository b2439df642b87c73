"""The servers of others, each started once for the tests that speak to it.

RabbitMQ is the one that no Python package brings. Where it is missing its tests are left out, and that is said at the end; in CI they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.outside.rabbit import Rabbit, is_installed

_left_out: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if is_installed() or os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        return
    needing = [item for item in items if "rabbit" in getattr(item, "fixturenames", ())]
    _left_out.extend(item.nodeid for item in needing)
    items[:] = [item for item in items if item not in needing]
    config.hook.pytest_deselected(items=needing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        terminalreporter.section("NOT RUN", red=True)
        terminalreporter.line(f"{len(_left_out)} tests need RabbitMQ: install it (Debian: `apt install rabbitmq-server`).")


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
