"""Time-sortable ids: 41 bits of milliseconds since 2021-01-01 UTC, 10 bits of node, 12 bits of sequence, as 13 base-32 characters.

They sort as text in the order in which they were made (on one node strictly), can be read back, and never go backwards when the
clock does.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import NamedTuple

EPOCH_MS = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp() * 1000)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 13
NODE_BITS, SEQUENCE_BITS = 10, 12


class Parts(NamedTuple):
    at: datetime
    node: int
    sequence: int


class Generator:
    """Makes ids of one node. Safe across threads; a forked child makes a node of its own."""

    def __init__(self, node: int | None = None) -> None:
        self._fixed = node
        self._lock = threading.Lock()
        self._pid = self._node = self._sequence = 0
        self._last = -1
        self._settle()

    def make(self, now_ms: int | None = None) -> str:
        """A new id. `now_ms` (milliseconds since 1970) is for tests."""
        with self._lock:
            if os.getpid() != self._pid:
                self._settle()
            moment = (time.time_ns() // 1_000_000 if now_ms is None else now_ms) - EPOCH_MS
            if moment > self._last:
                self._last, self._sequence = moment, 0
            else:  # same millisecond, or the clock stepped back: go on from the last one
                self._sequence += 1
                if self._sequence >> SEQUENCE_BITS:
                    self._last, self._sequence = self._last + 1, 0
            return _encode((self._last << NODE_BITS | self._node) << SEQUENCE_BITS | self._sequence)

    def _settle(self) -> None:
        self._pid = os.getpid()
        self._node = secrets.randbelow(1 << NODE_BITS) if self._fixed is None else self._fixed
        self._last, self._sequence = -1, 0


def parse(text: str) -> Parts:
    """The moment, node and sequence of an id. Raises ValueError for anything else."""
    if len(text) != LENGTH or any(letter not in ALPHABET for letter in text):
        raise ValueError("not a time-sortable id")
    value = 0
    for letter in text:
        value = value * 32 + ALPHABET.index(letter)
    milliseconds = value >> (NODE_BITS + SEQUENCE_BITS)
    if milliseconds >> 41:
        raise ValueError("not a time-sortable id")
    return Parts(
        at=datetime.fromtimestamp((milliseconds + EPOCH_MS) / 1000, UTC),
        node=value >> SEQUENCE_BITS & ((1 << NODE_BITS) - 1),
        sequence=value & ((1 << SEQUENCE_BITS) - 1),
    )


def _encode(value: int) -> str:
    letters = []
    for _ in range(LENGTH):
        value, digit = divmod(value, 32)
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))


_generator = Generator()
make = _generator.make
