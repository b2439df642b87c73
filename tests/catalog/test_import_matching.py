"""Lines of a file and products of a vendor find each other in time that grows with their number, not with its square."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalog.importing import scratch

pytestmark = pytest.mark.embedded
Numbered = Callable[[int], str]


def none(_n: int) -> str:
    return ""


def work_of(count: int, *, sku: Numbered, barcode: Numbered, name: Numbered, known: bool) -> int:
    """How many thousands of steps SQLite takes to match so many lines."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    with scratch.opened() as lines:
        for n in range(count):
            lines.add(n, [str(n)], {"sku": sku(n), "barcode": barcode(n), "name": name(n)}, None)
        if known:
            lines.add_known((n + 1, sku(n), barcode(n), name(n), "") for n in range(count))
        lines._db.set_progress_handler(step, 1000)
        lines.match(ambiguous="?", tick=lambda: None)
        lines._db.set_progress_handler(None, 0)
    return steps


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("sku", "barcode", "name"),
    [
        (str, none, str),
        (none, str, str),
        (none, none, str),
        (none, str, lambda n: "the same"),
        (none, lambda n: "7", str),
        (str, none, lambda n: "the same"),
        (none, none, lambda n: "the same"),
        (lambda n: "one", none, str),
    ],
    ids=["sku", "barcode", "name", "one name", "one barcode", "one name, many skus", "nothing but one name", "one sku"],
)
def test_twice_the_lines_take_about_twice_the_work(sku: Numbered, barcode: Numbered, name: Numbered, known: bool) -> None:
    few, lots = (work_of(count, sku=sku, barcode=barcode, name=name, known=known) for count in (1000, 4000))
    assert lots < 8 * few
