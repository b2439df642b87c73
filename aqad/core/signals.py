"""Words that travel up: sent inside the transaction of the change, never into the void."""

from __future__ import annotations

from typing import Any

from django.dispatch import Signal


class NobodyListens(RuntimeError):
    """An announcement has no receiver: a bug in the wiring, which must not pass as success."""


def announce(signal: Signal, sender: Any, **facts: Any) -> None:
    """Send `signal` to its receivers; what they raise rolls the change back. Raises NobodyListens."""
    if not signal.send(sender, **facts):
        raise NobodyListens(f"Nobody listens to what {sender.__name__} announces.")
