"""Calls at the same moment: each has a connection of its own and has sent all but its last byte; then the last bytes leave together.

By then every request has been accepted, routed and signed in, and waits for its body, so the actions themselves begin at once.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.proof.recorder import Answered, Call, Recorder

SECONDS_TO_ANSWER = 60.0
SECONDS_TO_SETTLE = 0.02  # until the server has read all there is to read


class Line:
    """One connection for one call. The call is on record from the moment it is opened."""

    def __init__(self, recorder: Recorder, url: str, call: Call, *, seconds: float = SECONDS_TO_ANSWER) -> None:
        self.call, self._recorder, self._seconds = call, recorder, seconds
        self._to = urlsplit(url)
        self._request = _request(call, self._to.netloc)
        self._socket: socket.socket | None = None

    def open(self) -> Line:
        """Connect and send all but the last byte. A server that is not there shows in the answer."""
        self._recorder.invoke(self.call)
        with suppress(OSError):
            self._socket = socket.create_connection((str(self._to.hostname), self._to.port or 80), timeout=self._seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(self._request[:-1])
        return self

    def finish(self) -> None:
        """Send the last byte."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendall(self._request[-1:])

    def answer(self) -> Answered:
        """Wait for what comes back; no whole answer is unknown."""
        status, body, replayed = None, None, False
        if self._socket is not None:
            with suppress(OSError, http.client.HTTPException), self._socket:
                response = http.client.HTTPResponse(self._socket, method=self.call.method)
                response.begin()
                raw = response.read()
                status, body, replayed = response.status, _body(raw), response.getheader("Idempotency-Replayed") == "true"
        return self._recorder.complete(self.call, status, body, replayed=replayed)


def send(recorder: Recorder, url: str, call: Call, *, seconds: float = SECONDS_TO_ANSWER) -> Answered:
    """One call by itself."""
    line = Line(recorder, url, call, seconds=seconds).open()
    line.finish()
    return line.answer()


def at_once(
    recorder: Recorder,
    url: str,
    calls: Sequence[Call],
    *,
    also: Sequence[Callable[[], Any]] = (),
    begun: Sequence[Line] = (),
    last: Callable[[], Any] | None = None,
) -> list[Answered]:
    """Make all calls at the same moment; their answers in order, then those of the lines that were `begun` before.

    `also` is run in threads of this process that start with the last bytes; `last` is run just before these leave.
    """
    lines = [Line(recorder, url, call).open() for call in calls]
    time.sleep(SECONDS_TO_SETTLE)
    start = threading.Event()
    with ThreadPoolExecutor(max(1, len(also))) as pool:
        running = [pool.submit(_after, start, work) for work in also]
        try:
            if last is not None:
                last()
        finally:
            start.set()
        for line in lines:
            line.finish()
        answers = [line.answer() for line in [*lines, *begun]]
        for work in running:
            work.result()
    return answers


def _after(start: threading.Event, work: Callable[[], Any]) -> Any:
    start.wait(SECONDS_TO_ANSWER)
    return work()


def _request(call: Call, host: str) -> bytes:
    body = b"" if call.body is None else call.body if isinstance(call.body, bytes) else orjson.dumps(call.body)
    headers = {
        "Host": host,
        "Connection": "close",
        "X-Request-ID": call.id,
        **({"Authorization": f"Bearer {call.token}"} if call.token else {}),
        **({"Idempotency-Key": call.key} if call.key else {}),
        **({"Content-Type": "application/json", "Content-Length": str(len(body))} if body or call.method != "GET" else {}),
        **call.headers,
    }
    lines = [f"{call.method} {call.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _body(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode(errors="replace") or None
