"""A server that was asked to end serves whoever comes, and keeps no connection on which more could come."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from aqad.core import draining


def answered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("201 Created", [("Content-Type", "text/plain")])
    return [b"done"]


def test_the_last_answers_end_their_connections(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark, told = tmp_path / "draining", list[tuple[str, list[tuple[str, str]]]]()
    monkeypatch.setenv(draining.MARK, str(mark))
    application = draining.parting(answered)

    def ask() -> Iterable[bytes]:
        return application({}, lambda status, headers, *_: told.append((status, headers)))

    assert ask() == [b"done"]
    mark.touch()
    assert ask() == [b"done"]
    kind = ("Content-Type", "text/plain")
    assert told == [("201 Created", [kind]), ("201 Created", [kind, ("Connection", "close")])]
