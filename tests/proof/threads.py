"""Work of this very process at the same moment, for what has no door of its own or needs to be met half-way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connections

SECONDS = 30


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; what each returned, or the exception it raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=SECONDS)
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def meet(barrier: threading.Barrier, seconds: float = SECONDS) -> None:
    """Wait for the others; go on alone when they don't come, because a lock holds them."""
    with suppress(threading.BrokenBarrierError):
        barrier.wait(timeout=seconds)
