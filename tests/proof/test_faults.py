"""A few faults, each struck once while trade goes on in the whole of AQAD as real processes; `./dev trust faults` strikes all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.proving import CONTROL, control, strike
from tests.faults.site import Site
from tests.faults.strikes import FAULTS
from tests.proof.recorder import OK, read
from tests.stack.parts import dev

pytestmark = [pytest.mark.stack, pytest.mark.alone]
QUICK = ("web_committed", "web_charged", "database_cut", "deadlock", "redis_flushed")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    try:
        made = Site()
    except dev.Unavailable as unavailable:
        pytest.fail(f"The site cannot run here: {unavailable}")
    with made as running:
        yield running


@pytest.mark.parametrize("name", QUICK)
def test_keeps_every_promise(name: str, site: Site, tmp_path: Path) -> None:
    seen = strike(site, name, 1, tmp_path)
    assert seen.violations == []
    assert (seen.times, len(seen.seconds), seen.aed) == (1, 1, "0.00")
    assert any(answered.call.kind == "order" and answered.outcome == OK for answered in read(tmp_path / f"{name}.jsonl"))


def test_control_what_nobody_called_for_is_noticed(site: Site, tmp_path: Path) -> None:
    """The last one: the books are wrong afterwards."""
    seen = control(site, tmp_path)
    assert any("was acknowledged, but happened 0 times" in line for line in seen.violations)
    assert float(seen.aed) > 0
    assert seen.name == CONTROL
    assert seen.holds


def test_the_short_form_strikes_faults_that_exist() -> None:
    assert set(QUICK) < set(FAULTS)
