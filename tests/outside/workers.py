"""A Celery worker as a deployment starts it, on the test's database."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.outside.processes import Process, scratch
from tests.races import servers

QUEUES = "default,notifications,payments,imports"


@contextmanager
def working(**environment: str) -> Iterator[Process]:
    """Ended when the block ends."""
    folder = scratch("worker")
    known = {**servers._environment(folder, 8000, environment), "LOG_LEVEL": "INFO"}
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "aqad",
        "worker",
        "-Q",
        QUEUES,
        "--concurrency=1",
        "--loglevel=INFO",
        "--without-mingle",
    ]
    worker = Process(command, log=folder / "worker.log", env=known)
    try:
        worker.wait_for(lambda: " ready." in worker.log.read_text(errors="replace"))
        yield worker
    finally:
        worker.end(signal.SIGTERM, signal.SIGKILL)
