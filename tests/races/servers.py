"""Real server processes on the test database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from django.db import connection

from tests.cast import Person
from tests.stack.parts import dev

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60


@dataclass
class Server:
    """One or more worker processes behind one port. `application` may be a variant whose guard is taken away."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, person: Person | None = None) -> httpx.Client:
        """A client with a connection of its own, signed in as `person`."""
        headers = {"Authorization": person.api._credentials["HTTP_AUTHORIZATION"]} if person else {}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=60)
        self.clients.append(client)
        return client


@contextmanager
def serving(application: str = "aqad.wsgi:application", *, workers: int = 2, **environment: str) -> Iterator[Server]:
    """Start granian on the test's own database and a free port; ended, with all its workers, when the block ends."""
    port = dev.free_port()
    folder = Path(tempfile.mkdtemp(prefix="aqad-server-"))
    log = folder / "server.log"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *(
            "--workers",
            str(workers),
            "--blocking-threads",
            "16",
            "--backlog",
            "1024",
            "--no-access-log",
            "--workers-kill-timeout",
            "1",
            application,
        ),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(folder, port, environment), stdout=out, stderr=out, start_new_session=True
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        for client in server.clients:
            client.close()
        _end(process)


def _environment(folder: Path, port: int, more: dict[str, str]) -> dict[str, str]:
    """The test's own environment, pointed at the test database: on SQLite by a link in a state folder of its own."""
    environment = {
        **os.environ,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "RATE_LIMIT_SCALE": "1000",
        "DATABASE_POOL_SIZE": "16",
        "WEB_REQUESTS_AT_ONCE": "16",  # nobody waits in line where all are to meet
        "LOG_LEVEL": "ERROR",
    }
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        host, name = database["HOST"], database["NAME"]
        credentials = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
        where = (
            f"{credentials}@{host}:{database['PORT'] or 5432}" if not host.startswith("/") else f"{credentials}@{host.replace('/', '%2F')}"
        )
        environment["DATABASE_URL"] = f"postgres://{where}/{name}"
    else:
        (folder / "aqad.sqlite3").symlink_to(database["NAME"])
        environment["AQAD_STATE_DIR"] = str(folder)
    return {**environment, **more}


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{server.log.read_text()[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
