"""One process of the stack: started, ended politely or at once, and started again on the same place."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def load_dev() -> Any:
    """`./dev` as a module: it knows how to start servers that do not outlive whoever started them."""
    loader = importlib.machinery.SourceFileLoader("dev", str(ROOT / "dev"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


dev = load_dev()


class Part:
    def __init__(
        self,
        crew: Any,
        name: str,
        command: list[str],
        *,
        env: dict[str, str] | None = None,
        is_ready: Callable[[], bool],
        stop: signal.Signals = signal.SIGTERM,
        url: str = "",
    ) -> None:
        self.crew, self.name, self.command, self.is_ready, self._stop, self.url = crew, name, command, is_ready, stop, url
        self.env = dev.clean_environment() if env is None else env
        self.starts = 0
        self._member: Any = None

    @property
    def is_running(self) -> bool:
        return self._member is not None and self._member.is_alive()

    @property
    def pid(self) -> int:
        return int(self._member.child.pid)

    @property
    def log(self) -> Path:
        """What it has said since it was last started."""
        return Path(dev.LOGS) / f"{self.name}-{self.starts}.log"

    def start(self, *, wait: bool = True) -> None:
        """Start it; come back once it answers."""
        self.starts += 1
        self._member = self.crew.start(self.name, self.command, self.env, log=self.log.stem, stop=self._stop)
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 60) -> None:
        wait_until(lambda: self.is_ready() or not self.is_running, seconds, f"{self.name} to answer")
        if not self.is_running:
            raise RuntimeError(f"{self.name} ended by itself:\n{self._member.last_words()}")

    def send(self, number: signal.Signals) -> None:
        self._member.child.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to it and all its children."""
        self.crew.kill(self._member)

    def stop(self) -> None:
        """The polite signal, and the time it needs to end well."""
        self.crew.finish(self._member)

    def wait_until_ended(self, seconds: float = 60) -> None:
        """After `send`: until it is gone by itself."""
        wait_until(lambda: not self.is_running, seconds, f"{self.name} to end")
        self.crew.finish(self._member)

    def restart(self) -> None:
        self.stop()
        self.start()


def wait_until(condition: Callable[[], Any], seconds: float, what: str = "it") -> Any:
    """What `condition` gives once it is true. Raises AssertionError when that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} seconds for {what}")
        time.sleep(0.05)
    return found


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
