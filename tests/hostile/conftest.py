"""One world for all cases of a file; what a case does in it is rolled back, and what it must not do is looked for."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.given import Target
from tests.journeys.world import undone

HERE = Path(__file__).parent
# Of each test's many inputs the suite tries every fifth, beginning with the first; `python -m tests.hostile` tries them all.
EVERY = int(os.environ.get("AQAD_HOSTILE_EVERY", "5"))
FEW = 10  # inputs of one test that are always tried


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    of_test = Counter(_test_of(item) for item in items)
    seen: Counter[str] = Counter()
    left: list[pytest.Item] = []
    for item in items:
        name = _test_of(item)
        if HERE in item.path.parents and of_test[name] > FEW and seen[name] % EVERY:
            left.append(item)
        seen[name] += 1
    items[:] = [item for item in items if item not in set(left)]
    config.hook.pytest_deselected(items=left)


def _test_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


@pytest.fixture(scope="module")
def target(django_db_setup: None, django_db_blocker: object) -> Iterator[Target]:
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        yield Target()
