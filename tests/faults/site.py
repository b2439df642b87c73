"""The stack of `tests.stack` with a proxy before each thing it stands on, and with a bank, a mail server and a bucket beside it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.bank import SECRETS, Bank
from tests.outside.mailbox import Mailbox, receiving
from tests.outside.s3 import S3
from tests.proof.proxy import Proxy, standing_before
from tests.stack.parts import Part, dev
from tests.stack.stack import Stack

PAUSE = 0.2  # seconds between two looks of whoever restarts what ended by itself


class Site(Stack):
    """Two web servers of two processes behind nginx, a worker of two, beat. `proxies` by what they stand before.

    A web server that ends by itself is started again, as whatever runs it in production does.
    """

    def __init__(self) -> None:
        self.proxies: dict[str, Proxy] = {}
        self.bank = Bank()
        self.mailbox = Mailbox()
        self.restarted = 0
        self._over = threading.Event()
        super().__init__(replica=False, drain=2.0)

    def __enter__(self) -> Site:
        self.bank.start(self.url)
        super().__enter__()
        threading.Thread(target=self._supervise, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.bank.end()
        super().__exit__(*_)

    @property
    def is_whole(self) -> bool:
        """Every process of the web servers that was started has begun to answer; a dead one takes some seconds to be replaced."""
        said = [web.log.read_text() for web in self.webs]
        return all(log.count("Spawning worker-") == log.count("Started worker-") for log in said)

    def mend(self) -> None:
        """Everything as it should be again."""
        for proxy in self.proxies.values():
            proxy.open()
        self.bank.behave()
        self.mailbox.is_busy = False
        for flag in self.flags.iterdir():
            flag.unlink()

    def as_owner(self, statement: str, *values: object) -> None:
        """Behind the back of every trigger and constraint."""
        with psycopg.connect(self.conninfo("primary"), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement, values)  # type: ignore[arg-type]

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        """The application reaches everything through its proxy."""
        known = super()._environment(more)
        enter = self._cleanup.enter_context
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self.mailbox = enter(receiving())
        storage = S3()
        Part(self.crew, "storage", storage.command, is_ready=lambda: dev.connects(storage.port)).start()
        storage.make_bucket()
        places: dict[str, tuple[str, int]] = {
            "database": (str(self._sockets("primary") / ".s.PGSQL.5432"), 0),
            "cache": ("127.0.0.1", _port(self.cache.url)),
            "broker": ("127.0.0.1", _port(self.broker.url)),
            "bank": ("127.0.0.1", self.bank.port),
            "mail": ("127.0.0.1", _port(self.mailbox.url)),
            "storage": ("127.0.0.1", storage.port),
        }
        self.proxies = {name: enter(standing_before(*place)) for name, place in places.items()}
        at = {name: f"127.0.0.1:{proxy.port}" for name, proxy in self.proxies.items()}
        self.flags = self.folder / "flags"
        self.flags.mkdir()
        return {
            **known,
            "DATABASE_URL": f"postgres://aqad@{at['database']}/postgres",
            "REDIS_URL": f"redis://{at['cache']}/0",
            "CELERY_BROKER_URL": f"redis://{at['broker']}/0",
            "EMAIL_URL": f"smtp://{at['mail']}",
            **SECRETS,
            "PAYMENT_GATEWAY": "stripe",
            "STRIPE_API_BASE": f"http://{at['bank']}",
            **storage.settings,
            "AWS_S3_ENDPOINT_URL": f"http://{at['storage']}",
            "FAULTS_FOLDER": str(self.flags),
        }

    def _web(self, name: str, port: int, drain: float, env: dict[str, str]) -> Part:
        part = super()._web(name, port, drain, env)
        part.command.append("tests.faults.dying:application")
        return part

    def _worker(self, number: int) -> Part:
        part = super()._worker(number)
        part.command[part.command.index("aqad")] = "tests.faults.dying"
        return part

    def _supervise(self) -> None:
        """What has not been ended by us is started again."""
        while not self._over.wait(PAUSE):
            for web in self.webs:
                member: Any = web._member
                if member in self.crew.members and not member.is_alive():
                    self.restarted += 1
                    web.start(wait=False)


def reaching(flag: Path, seconds: float = 30.0) -> float:
    """Lay the flag; the moment when somebody died at it. Raises AssertionError when nobody came by."""
    flag.touch()
    return until(lambda: not flag.exists(), seconds, f"somebody to die at {flag.name}")


def until(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """The moment at which it became true. Raises AssertionError when that takes longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)
    return time.monotonic()


def _port(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])
