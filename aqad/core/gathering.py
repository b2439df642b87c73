"""One message for many: whoever is told to look finds all that is there by then, so it need not be told of each thing by itself."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextvars import Context, copy_context


def until_not_full(work: Callable[[], int], batch: int) -> int:
    """How many `work` did in all, which does no more than `batch` a call: one message may stand for any number of things to do."""
    done = did = work()
    while did == batch:
        did = work()
        done += did
    return done


class Gathered:
    """Sends the first message of a name at once, and one more, `seconds` later, for all that were asked for meanwhile.

    Each `ask` is followed by the beginning of a `send`, however the process ends but by being killed. Safe across threads and forks.
    Later messages of a name are sent by one thread for as long as they keep coming: connections to a broker belong to a thread.
    """

    def __init__(self, send: Callable[[str], bool], *, seconds: float) -> None:
        self.send, self.seconds = send, seconds
        self._forget()
        os.register_at_fork(after_in_child=self._forget)  # what waits is sent by the parent, whose threads a child does not have

    def ask(self, name: str) -> bool:
        """Whether the message was sent, or will be, in the context of the first who asked."""
        with self._lock:
            if name in self._senders:
                self._waiting.setdefault(name, copy_context())
                return True
            if self._pause(name) > 0 and self._start_sender(name):
                return True
            self._begin(name)
        return self.send(name)

    def _start_sender(self, name: str) -> bool:
        """A thread for which a process that ends waits. False where none can be had (any more)."""
        sender = threading.Thread(target=self._send_on, args=[name], name=f"gathered {name}", daemon=False)
        try:
            sender.start()
        except RuntimeError:
            return False
        self._senders.add(name)
        self._waiting[name] = copy_context()
        return True

    def _send_on(self, name: str) -> None:
        """Send what waits at the end of each pause, until there is one in which nobody has asked."""
        try:
            while (context := self._next(name)) is not None:
                context.run(self.send, name)
        except BaseException:
            with self._lock:  # the next who asks gets another one
                self._senders.discard(name)
            raise

    def _next(self, name: str) -> Context | None:
        time.sleep(max(0.0, self._pause(name)))
        with self._lock:  # before it is sent: who asks from now on may have come too late for the one that looks
            context = self._waiting.pop(name, None)
            if context is None:
                self._senders.discard(name)
            else:
                self._begin(name)
        return context

    def _pause(self, name: str) -> float:
        """Seconds until the next message of this name may begin; none are left when it is not above 0."""
        return self._free_at.get(name, 0.0) - time.monotonic()

    def _begin(self, name: str) -> None:
        self._free_at[name] = time.monotonic() + self.seconds

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._senders: set[str] = set()
        self._waiting: dict[str, Context] = {}
        self._free_at: dict[str, float] = {}
