"""Every HTTP call on record, before it is sent and when it is answered, so that afterwards each can be held against the database.

A line of the log is JSON: `{"type": "invoke", ...}`, then `ok` (2xx, and 402: a declined payment is a committed answer), `fail` (any
other 4xx: nothing may have changed) or `unknown` (5xx, or no whole answer: it may have happened or not). A call whose second line is
missing, because whoever made it died, is unknown too.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import orjson

OK, FAIL, UNKNOWN = "ok", "fail", "unknown"
DECLINED = 402


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `kind` is a word of `checker.KINDS`; `id` is its request id, which every event it causes will bear.

    Calls of one `operation` are meant to happen once: those with one idempotency key, or repeats of one webhook.
    """

    kind: str
    path: str
    body: Mapping[str, Any] | bytes | None = None
    method: str = "POST"
    key: str = ""
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def whole(self) -> str:
        """What it is a try of."""
        return self.operation or self.key or self.id

    def again(self) -> Call:
        """Another try of the same, under a request id of its own."""
        return Call(self.kind, self.path, self.body, self.method, self.key, self.token, self.headers, self.operation)


@dataclass(frozen=True, slots=True)
class Answered:
    """A call with what became of it. `status` is None where no whole answer came."""

    call: Call
    status: int | None
    body: Any = None
    replayed: bool = False

    @property
    def outcome(self) -> str:
        if self.status is None or self.status >= 500:
            return UNKNOWN
        return OK if self.status < 300 or self.status == DECLINED else FAIL

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class Recorder:
    """Writes calls to a file, from any number of threads. Tokens are not written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counted: Counter[str] = Counter()
        self._file = path.open("ab", buffering=0)  # a line is in the file before its call is sent, whatever happens to us
        self._lock = threading.Lock()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def invoke(self, call: Call) -> None:
        """Before anything of it is sent."""
        body = call.body.decode(errors="replace") if isinstance(call.body, bytes) else call.body
        known = {"kind": call.kind, "method": call.method, "path": call.path, "key": call.key, "operation": call.operation, "body": body}
        self._write("invoke", call, known)

    def complete(self, call: Call, status: int | None, body: Any = None, *, replayed: bool = False) -> Answered:
        """When it is answered, or will not be."""
        answered = Answered(call, status, body, replayed)
        self._write(answered.outcome, call, {"status": status, "replayed": replayed, "answer": body})
        return answered

    def _write(self, kind: str, call: Call, facts: dict[str, Any]) -> None:
        line = orjson.dumps({"type": kind, "id": call.id, "at": time.time(), **facts}, default=str, option=orjson.OPT_APPEND_NEWLINE)
        with self._lock:
            self.counted[kind] += 1
            self._file.write(line)


def read(path: Path) -> list[Answered]:
    """All calls of a log in the order in which they were begun. A last line that was cut off counts for nothing."""
    calls: dict[str, Answered] = {}
    for line in path.read_bytes().split(b"\n"):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if row["type"] == "invoke":
            known = {name: row[name] for name in ("kind", "path", "body", "method", "key", "operation", "id")}
            calls[row["id"]] = Answered(Call(**known), None)
        else:
            calls[row["id"]] = Answered(calls[row["id"]].call, row["status"], row["answer"], row["replayed"])
    return list(calls.values())
