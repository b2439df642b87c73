"""One stack for all of these tests; each leaves it as it found it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack.parts import dev
from tests.stack.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/stack/" in item.nodeid:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    try:
        made = Stack()
    except dev.Unavailable as unavailable:
        pytest.fail(f"The stack cannot run here: {unavailable}")
    with made as running:
        yield running


@pytest.fixture(scope="session")
def trade(stack: Stack) -> Any:
    """A vendor with two products and four shops (`given.make`)."""
    return stack.given(shops=4, products=2)
