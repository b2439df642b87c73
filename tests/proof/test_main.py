"""How the proof is begun by hand."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.proof import __main__ as proof
from tests.stack.parts import dev


def test_who_has_no_servers_installed_is_told_what_installs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(sys, "argv", ["proof", "faults", "--only", "redis_full", "--rows", str(tmp_path / "rows")])
    monkeypatch.setenv("LOG_LEVEL", "ERROR")  # as the proof sets it, and taken back here
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert proof.main() == 2
    assert "not installed; ./dev installs it" in capsys.readouterr().err
