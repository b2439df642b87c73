"""What the process writes to its log, line by line as a collector would read it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from structlog.stdlib import ProcessorFormatter


class Written:
    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@contextmanager
def logged() -> Iterator[Written]:
    """Everything from INFO up, through the formatter that a deployment has."""
    root, stream = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(next(one.formatter for one in root.handlers if isinstance(one.formatter, ProcessorFormatter)))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield Written(stream)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
