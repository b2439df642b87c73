"""What the load programs share: a lean HTTP client, times gathered and told as percentiles, a bar that says how far it is."""

from __future__ import annotations

import asyncio
import json
import math
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LEVELS = (50, 95, 99)


@dataclass
class Answer:
    """`status` is 0 when there was no answer at all; `seconds` is the whole time, waiting for a connection included."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 400

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def outcome(self) -> str:
        """`200`, or with a refusal's code: `409 insufficient_stock`."""
        if self.is_good or not self.body.startswith(b"{"):
            return str(self.status or "no answer")
        return f"{self.status} {self.json().get('code', '')}".strip()


class Client:
    """One keep-alive connection to `url`, opened again when it was closed. Far cheaper than a full client, which shares the machine.

    `again` is the number of times that a request without any answer is sent once more: for reads, and for what bears a key.
    """

    def __init__(self, url: str, *, headers: dict[str, str] | None = None, timeout: float = 60.0) -> None:
        place = urlsplit(url)
        self.host, self.port, self.timeout = place.hostname or "127.0.0.1", place.port or 80, timeout
        self.head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": place.netloc, **(headers or {})}.items())
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers=headers, again=1)

    async def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, again: int = 0, pause: float = 0.0
    ) -> Answer:
        """`body` is sent as JSON."""
        started = time.perf_counter()
        sent = b"" if body is None else json.dumps(body).encode()
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        if body is not None:
            more += "Content-Type: application/json\r\n"
        if sent or method != "GET":
            more += f"Content-Length: {len(sent)}\r\n"
        raw = f"{method} {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode() + sent
        for left in range(again, -1, -1):
            try:
                status, given, content = await asyncio.wait_for(self._exchange(raw), self.timeout)
                return Answer(status, given, content, time.perf_counter() - started)
            except (OSError, EOFError, ValueError, TimeoutError):
                self.close()
                if left:
                    await asyncio.sleep(pause)
        return Answer(0, {}, b"", time.perf_counter() - started)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, raw: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self._writer.write(raw)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        status = int(head[0].split(" ", 2)[1])
        if status in {204, 304}:
            body = b""
        elif "content-length" in headers:
            body = await self._reader.readexactly(int(headers["content-length"]))
        else:
            body = await self._chunks(self._reader)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, headers, body

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readline()
        await reader.readline()
        return b"".join(parts)


@dataclass
class Times:
    """Seconds by name of what was asked, and every outcome that was no success."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, answer: Answer, *, accepted: Iterable[str] = ()) -> Answer:
        """An answer that is neither good nor among `accepted` (outcomes, or `4`: all that begin so) counts as wrong."""
        self.seconds.setdefault(name, []).append(answer.seconds)
        self.outcomes[f"{name}: {answer.outcome}"] += 1
        if not answer.is_good and not answer.outcome.startswith(tuple(accepted)):
            self.wrong[f"{name}: {answer.outcome}"] += 1
        return answer

    def all(self, names: Iterable[str]) -> list[float]:
        return [second for name in names for second in self.seconds.get(name, [])]


def percentile(values: Sequence[float], level: float) -> float:
    """The smallest value that `level` in a hundred of them do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * level / 100) - 1)] if ordered else 0.0


def milliseconds(seconds: Sequence[float]) -> list[str]:
    """p50, p95, p99 and the longest."""
    return [f"{percentile(seconds, level) * 1000:,.0f}" for level in (*LEVELS, 100)]


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """In Markdown, the first column to the left and figures to the right."""
    lines = [list(map(str, headings)), ["---", *(["---:"] * (len(headings) - 1))], *(list(map(str, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def told(times: Times, seconds: float, names: Iterable[str] | None = None) -> str:
    """A table of every kind of request: how many, how many a second, p50, p95, p99 and the longest in milliseconds."""
    rows = []
    for name in names or sorted(times.seconds):
        asked = times.seconds.get(name, [])
        rows.append([name, f"{len(asked):,}", f"{len(asked) / seconds:,.1f}", *milliseconds(asked)])
    return table(["", "requests", "a second", "p50 ms", "p95 ms", "p99 ms", "longest ms"], rows)


def spread(values: Sequence[float], form: str = "{:,.2f}") -> str:
    """The median, and between which it lies."""
    return f"{form.format(statistics.median(values))} ({form.format(min(values))} to {form.format(max(values))})"


class Bar:
    """How far it is, on the error output: one line that is written over, or now and then a line where nobody watches."""

    WIDTH = 30

    def __init__(self, title: str, whole: float) -> None:
        self.title, self.whole, self.shown_at, self.watched = title, max(whole, 1e-9), -1e9, sys.stderr.isatty()

    def show(self, done: float, more: str = "") -> None:
        now, share = time.monotonic(), min(1.0, done / self.whole)
        if share < 1 and now - self.shown_at < (0.2 if self.watched else 10):
            return
        self.shown_at = now
        filled = int(share * self.WIDTH)
        line = f"{self.title} [{'#' * filled}{'.' * (self.WIDTH - filled)}] {share:4.0%} {more}"
        print(f"\r{line:<78}" if self.watched else line, end="" if self.watched else "\n", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.watched:
            print(file=sys.stderr)


async def show_time(bar: Bar, seconds: float, more: Callable[[], str] = str) -> None:
    """Move `bar` for so long."""
    started = time.monotonic()
    while (gone := time.monotonic() - started) < seconds:
        bar.show(gone, more())
        await asyncio.sleep(0.2)
    bar.show(bar.whole, more())
    bar.end()
