"""AQAD as a stranger starts it, with its demo, and what the demo holds: real processes, reached only over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from tests.stack.parts import dev

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Demo-Carton-24"
SECONDS_TO_START = 240
PEOPLE = {
    "vendor": "ahmed@ahmedfoods.test",
    "retailer": "fatima@freshmart.test",
    "dispatcher": "dispatch@fasttrack.test",
    "driver": "bilal@fasttrack.test",
    "staff": "staff@aqad.test",
}


class Site:
    """The demo's address, and its API for asking what there is to look at."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._clients: dict[str, httpx.Client] = {}

    def api(self, who: str) -> httpx.Client:
        """A client of the API, signed in as one of PEOPLE or by e-mail."""
        if who not in self._clients:
            client = httpx.Client(base_url=f"{self.url}/api", timeout=30)
            answer = client.post("/auth/login", json={"email": PEOPLE.get(who, who), "password": PASSWORD})
            answer.raise_for_status()
            client.headers["Authorization"] = f"Bearer {answer.json()['access']}"
            self._clients[who] = client
        return self._clients[who]

    def results(self, who: str, path: str) -> list[Any]:
        answer = self.api(who).get(path)
        answer.raise_for_status()
        return list(answer.json()["results"])

    def first(self, who: str, path: str) -> str:
        """The reference of the first thing in a list of the API."""
        return str(self.results(who, path)[0]["id"])

    @cached_property
    def things(self) -> dict[str, str]:
        """References of the demo that pages are opened on."""
        product = next(row for row in self.results("vendor", "/vendor/products?limit=100") if "Pepsi 330ml" in row["name"])
        return {
            "product": product["id"],
            "vendor": product["vendor"]["id"],
            "order": self.first("retailer", "/orders?status=completed"),
            "sold": self.first("vendor", "/orders?status=completed"),
            "payment": self.first("retailer", "/payments"),
            "delivery": self.first("driver", "/deliveries"),
            "carried": self.first("dispatcher", "/deliveries"),
        }


@contextmanager
def demo(folder: Path) -> Iterator[Site]:
    """`./dev demo` on a free port with its state in `folder`; ended when the block ends."""
    port = dev.free_port()
    environment = {**os.environ, "AQAD_STATE_DIR": str(folder), "RATE_LIMIT_SCALE": "500"}
    log = folder.with_suffix(".log")
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "dev"), "demo", f"--port={port}", "--eager"], env=environment, stdout=out, stderr=out, cwd=ROOT
        )
    site = Site(f"http://127.0.0.1:{port}")
    try:
        _wait_until_it_answers(site, process, log)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait_until_it_answers(site: Site, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{site.url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(f"The demo did not start:\n{log.read_text()[-3000:]}")
