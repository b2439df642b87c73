"""One message for many: whoever is told to look finds all that is there by then, so it need not be told of each thing by itself."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextvars import copy_context


class Gathered:
    """Sends the first message of a name at once, and one more, `seconds` later, for all that were asked for meanwhile.

    Each `ask` is followed by the beginning of a `send`, however the process ends but by being killed. Safe across threads and forks.
    """

    def __init__(self, send: Callable[[str], bool], *, seconds: float) -> None:
        self.send, self.seconds = send, seconds
        self._forget()
        os.register_at_fork(after_in_child=self._forget)  # what waits is sent by the parent, whose threads a child does not have

    def ask(self, name: str) -> bool:
        """Whether the message was sent, or will be."""
        with self._lock:
            if name in self._waiting:
                return True
            pause = self._free_at.get(name, 0.0) - time.monotonic()
            if pause > 0 and self._send_in(pause, name):
                return True
            self._begin(name)
        return self.send(name)

    def _send_in(self, pause: float, name: str) -> bool:
        """In a thread for which a process that ends waits, in the asker's context; False where no thread can be had (any more)."""
        timer = threading.Timer(pause, copy_context().run, [self._send_waiting, name])
        timer.daemon = False
        try:
            timer.start()
        except RuntimeError:
            return False
        self._waiting.add(name)
        return True

    def _send_waiting(self, name: str) -> None:
        with self._lock:  # before it is sent: who asks from now on may have come too late for the one that looks
            self._waiting.discard(name)
            self._begin(name)
        self.send(name)

    def _begin(self, name: str) -> None:
        self._free_at[name] = time.monotonic() + self.seconds

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._free_at: dict[str, float] = {}
