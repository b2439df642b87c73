"""What the demo's shops looked for in the last days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from catalog.search import popular

# Term and how many people looked for it.
TERMS = (
    ("basmati rice", 11),
    ("pepsi", 9),
    ("water 500ml", 8),
    ("sunflower oil", 7),
    ("uht milk", 6),
    ("karak tea", 5),
    ("tomato paste", 4),
    ("dates", 3),
)


def looking(now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Spread over the days that count."""
    for term, people in TERMS:
        for number in range(people):
            yield now - timedelta(days=number, hours=2), partial(popular.count, term)
