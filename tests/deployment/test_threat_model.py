"""docs/threat-model.md names tests as proof: each of them exists, and every kind of threat has one."""

from __future__ import annotations

import re

import pytest

from tests.deployment.given import ROOT

pytestmark = [pytest.mark.embedded, pytest.mark.once]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)
KINDS = ("Spoofing", "Tampering", "Repudiation", "Information disclosure", "Denial of service", "Elevation of privilege")


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_the_proof_is_there(path: str, name: str) -> None:
    assert re.search(rf"^\s*def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_row_of_threats_names_its_proof() -> None:
    rows = PAGE.split("## Threats")[1].split("## What is left")[0]
    threats = [line for line in rows.splitlines() if line.startswith("| ") and not line.startswith("| STRIDE")]
    assert len(threats) == len(NAMED) > 20
    assert [kind for kind in KINDS if not any(line.startswith(f"| {kind} |") for line in threats)] == []
