"""What docs/events.md promises other systems of each event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aqad.audit.models import Event

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(\w+\.\w+)` \|(.*)\|$", re.MULTILINE)
NAME = re.compile(r"`(\w+)`")


def facts_by_verb() -> dict[str, set[str]]:
    """Each row of the table; the names in it."""
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    return {verb: set(NAME.findall(words)) for verb, words in ROW.findall(page)}


def undocumented(events: Iterable[Event]) -> set[tuple[str, str]]:
    """Facts that these events bear and the table does not name."""
    promised = facts_by_verb()
    return {(event.verb, name) for event in events for name in event.facts if name not in promised.get(event.verb, set())}
