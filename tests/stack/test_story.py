"""The acceptance story, lived through nginx, two web servers, a worker, beat and a replica; its trade once more through PgBouncer."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.stack.parts import dev
from tests.stack.stack import PASSWORD, Stack


def live(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    alone = ["-q", "-p", "no:cacheprovider", "-p", "no:django", "-c", os.devnull, f"--rootdir={dev.ACCEPTANCE}", str(dev.ACCEPTANCE)]
    env = {**os.environ, "AQAD_URL": url, "AQAD_STAFF_PASSWORD": PASSWORD, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", *alone, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(autouse=True)
def _story_is_there() -> None:
    assert any(dev.ACCEPTANCE.glob("test_*.py")), f"there are no acceptance tests in {dev.ACCEPTANCE}"


def test_the_story_goes_through_nginx(stack: Stack, trade: object) -> None:
    told = live(stack.url)
    assert told.returncode == 0, told.stdout[-4000:]


def test_the_trade_goes_through_pgbouncer_in_transaction_mode(stack: Stack, trade: object) -> None:
    with stack.behind_pgbouncer() as web:
        told = live(web.url, "-k", "phase")
        assert told.returncode == 0, told.stdout[-4000:]
        assert "pgbouncer" in web.env["DATABASE_URL"]
