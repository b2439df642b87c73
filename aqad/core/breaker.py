"""A circuit breaker: after a failure every call is skipped for a while, so that a silent server is waited for once."""

from __future__ import annotations

import time


class Breaker:
    """Open for `seconds` after each `trip()`. One float is written, so threads need no lock."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def trip(self) -> None:
        self._open_until = time.monotonic() + self.seconds

    def reset(self) -> None:
        self._open_until = 0.0
