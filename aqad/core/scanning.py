"""Uploads are shown to a virus scanner, clamd, before anything is stored, where `CLAMD_URL` names one.

A file lies in the request's own memory or temporary file until the scanner has found it clean, and nothing serves it from there: so no
state "being checked", no table and no task are needed for "never served before it is clean". The price is that an upload waits for the
scanner, at most SECONDS, and is refused (503) while it is away.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.files.base import File

from aqad.core import metrics
from aqad.core.breaker import Breaker
from aqad.core.errors import Unavailable
from aqad.core.transactions import outside_transaction
from aqad.core.turns import turns

log = structlog.get_logger(__name__)
SECONDS = 5.0  # for one file: connecting, sending and the answer together
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
# clamd's own words, from its manual (clamd(8), "COMMANDS"): `stream: OK`, `stream: NAME FOUND`, `... ERROR`
FOUND = re.compile(r"stream: (?P<name>.+) FOUND")
breaker = Breaker(seconds=5.0)


class Infected(Exception):
    """The scanner knows this file as malware; `name` is what it calls it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def scan(file: File[bytes]) -> None:
    """Return when the file is clean, or when there is no scanner. Call outside any transaction; the file is left at its beginning.

    Raises Infected, and Unavailable when the scanner is away, slow, or answers anything but a plain OK.
    """
    if not settings.CLAMD_URL:
        return
    outside_transaction()
    if breaker.is_open:
        raise Unavailable
    file.seek(0)
    try:
        with turns.lent():
            answer = _ask(b"INSTREAM", file.chunks(PIECE))
    except OSError as error:
        breaker.trip()
        log.warning("scanner_away", error=type(error).__name__)
        metrics.SCANNED.labels("away").inc()
        raise Unavailable from error
    finally:
        file.seek(0)
    found = FOUND.fullmatch(answer)
    if found:
        log.warning("infected_file_refused", malware=found["name"][:200], bytes=file.size)
        metrics.SCANNED.labels("infected").inc()
        raise Infected(found["name"])
    if answer != "stream: OK":
        # Never a reason to let the file in; as a rule it is larger than clamd's StreamMaxLength.
        log.error("scanner_confused", answer=answer[:200], bytes=file.size)
        metrics.SCANNED.labels("confused").inc()
        raise Unavailable
    metrics.SCANNED.labels("clean").inc()


def ask(command: bytes) -> str:
    """What clamd answers to PING or VERSION. Raises OSError when it is away or slow."""
    return _ask(command, None)


def _ask(command: bytes, pieces: Iterable[bytes] | None) -> str:
    """One command on a connection of its own, `z` form: the answer ends with NUL. Raises OSError, a time-out among them."""
    deadline = time.monotonic() + SECONDS
    with _connected() as line:
        try:
            _send(line, b"z" + command + b"\0", deadline)
            for piece in pieces or ():
                _send(line, struct.pack(">I", len(piece)) + piece, deadline)
            if pieces is not None:
                _send(line, struct.pack(">I", 0), deadline)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hangs up on what is too long for it, and may have said so before
        return _answer(line, deadline)


def _connected() -> socket.socket:
    url = urlsplit(settings.CLAMD_URL)
    if url.scheme == "tcp":
        return socket.create_connection((str(url.hostname), url.port or 3310), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(url.path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, content: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(content)


def _answer(line: socket.socket, deadline: float) -> str:
    got = b""
    while not got.endswith(b"\0"):
        line.settimeout(_left(deadline))
        more = line.recv(LONGEST_ANSWER)
        if not more:
            raise ConnectionError("clamd hung up before it had answered.")
        got += more
        if len(got) > LONGEST_ANSWER:
            raise ConnectionError("clamd does not come to an end.")
    return got[:-1].decode("utf-8", "replace").strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("clamd took too long.")
    return left
