"""What ./dev starts, it ends, whatever becomes of it; what it cannot do, it says in a sentence."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack.parts import dev

DEV = Path(__file__).resolve().parents[2] / "dev"

# As a command of ./dev would: a server with a child of its own, which notes who they are and may be deaf to the polite signal.
pytestmark = pytest.mark.alone
STARTS_A_FAMILY = f"""
import sys, types
dev = types.ModuleType("dev")
dev.__file__ = {str(DEV)!r}
exec(compile(open(dev.__file__).read(), dev.__file__, "exec"), dev.__dict__)
dev.GRACE = 1
def family(options, crew):
    crew.start("family", ["sh", "-c", sys.argv[1], sys.argv[2]], dev.clean_environment())
    crew.watch()
dev.read_arguments = lambda: types.SimpleNamespace(run=family)
sys.exit(dev.main())
"""
DEAF = """trap '' TERM; sleep 300 & echo $$ $! > "$0"; wait; sleep 300"""
POLITE = """sleep 300 & echo $$ $! > "$0"; wait"""


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "AQAD_STATE_DIR": str(tmp_path / "state")}


@pytest.mark.parametrize(
    ("number", "server"),
    [(signal.SIGINT, POLITE), (signal.SIGTERM, DEAF), (signal.SIGHUP, POLITE), (signal.SIGKILL, POLITE)],
    ids=["SIGINT", "SIGTERM, deaf server", "SIGHUP", "SIGKILL"],
)
def test_nothing_outlives_it(number: signal.Signals, server: str, state: dict[str, str], tmp_path: Path) -> None:
    script, family = _start(server, state, tmp_path)
    assert all(_is_running(pid) for pid in family)

    script.send_signal(number)

    script.communicate(timeout=20)
    assert script.returncode in {128 + number, -number}
    _wait(lambda: not any(_is_running(pid) for pid in family))


def test_ends_itself_when_a_server_does(state: dict[str, str], tmp_path: Path) -> None:
    script, (server, child) = _start(POLITE, state, tmp_path)

    os.kill(server, signal.SIGKILL)

    _, said = script.communicate(timeout=20)
    assert script.returncode == 1
    assert "family ended by itself (SIGKILL)" in said
    _wait(lambda: not _is_running(child))


def test_a_taken_port_is_one_sentence(state: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _dev("demo", f"--port={port}", env=state)
    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"Port {port} is taken by another program")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_of_somebody_else_is_left_alone(state: dict[str, str]) -> None:
    folder = Path(state["AQAD_STATE_DIR"])
    folder.mkdir()
    (folder / "letter").write_text("private")
    done = _dev("demo", "--fresh", env=state)
    assert done.returncode == 1
    assert "which holds other things" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["letter"]


def test_no_newer_syntax_than_an_old_python_can_read() -> None:
    """Else it could not tell an old Python's owner what is wrong."""

    ast.parse(DEV.read_text(), feature_version=(3, 6))


def _start(server: str, env: dict[str, str], folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    note = folder / "family"
    script = subprocess.Popen([sys.executable, "-c", STARTS_A_FAMILY, server, str(note)], env=env, stderr=subprocess.PIPE, text=True)
    _wait(lambda: note.exists() and len(note.read_text().split()) == 2)
    return script, [int(pid) for pid in note.read_text().split()]


def _dev(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, DEV, *arguments], env=env, capture_output=True, text=True, timeout=60, check=False)


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_port_is_given_once_and_is_none_that_an_outgoing_call_could_take() -> None:
    ports = [dev.free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert max(ports) < 32_768
