"""Servers that a test starts for itself, on free ports and in folders of their own, and that die when the test says so."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.races.servers import ROOT

__all__ = ["ROOT", "Process", "listens", "nobody", "program", "scratch", "until"]


class Process:
    """A program that leads a session of its own, so that it ends with all its children."""

    def __init__(self, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
        self.log = log
        known = {**os.environ, **(env or {})}
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                command, cwd=cwd, env=known, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    def signal(self, number: int) -> None:
        os.killpg(self.child.pid, number)

    def end(self, *numbers: int) -> None:
        """Ask politely, then not; or only with the signals given."""
        for number in numbers or (signal.SIGTERM, signal.SIGKILL):
            try:
                self.signal(number)
                self.child.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.child.wait(timeout=10)

    def wait_for(self, answers: Callable[[], bool], *, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.child.args!r} did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)


def scratch(name: str) -> Path:
    """A folder that is gone when the tests are over."""
    folder = Path(tempfile.mkdtemp(prefix=f"aqad-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait for something that is on its way."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(*names: str) -> str:
    """Where the first of these programs is."""
    found = next(filter(None, (shutil.which(name) for name in names)), None)
    assert found, f"none of {', '.join(names)} is installed here; .ci/run installs what these tests need"
    return found


def nobody(*folders: Path) -> list[str]:
    """What to put before a command that root should not run, after these folders were given to the user who runs it."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    for folder in folders:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return [program("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
