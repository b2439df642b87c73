"""The Dockerfile: clean for hadolint, without a secret, and able to start as whom Kubernetes makes it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.deployment.given import ROOT, start_says

pytestmark = [pytest.mark.embedded, pytest.mark.once]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FINAL = DOCKERFILE.split("\nFROM ")[-1]


def test_hadolint_has_nothing_to_say() -> None:
    program = shutil.which("hadolint", path=sysconfig.get_path("scripts")) or "hadolint"
    done = subprocess.run([program, "--no-color", str(ROOT / "Dockerfile")], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_last_stage_takes_nothing_from_here_but_what_the_first_one_made() -> None:
    assert re.findall(r"^COPY (.*)$", FINAL, re.MULTILINE) == [
        "--from=build /venv /venv",
        "--from=build /srv/static /srv/static",
        "--from=build /srv/aqad /srv/aqad",
    ]


def test_every_requirement_is_checked_against_its_hash() -> None:
    [installed] = re.findall(r"pip install (.*)$", DOCKERFILE, re.MULTILINE)
    assert installed == "--require-hashes --requirement requirements/base.txt --requirement requirements/observability.txt"


def test_it_runs_as_a_number_that_is_not_root_and_is_told_its_release() -> None:
    assert re.findall(r"^USER (.*)$", FINAL, re.MULTILINE) == ["10001:10001"]
    assert re.search(r"^ARG RELEASE_ID", FINAL, re.MULTILINE)
    assert "RELEASE_ID=${RELEASE_ID}" in FINAL


def test_it_starts_what_the_handbook_says_without_a_shell_that_would_swallow_signals() -> None:
    command = json.loads(re.findall(r"^CMD (\[.*\])$", FINAL, re.MULTILINE)[0])
    assert f"`{' '.join(command)}`" in (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_only_the_code_reaches_the_builder() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert allowed == packages | {"manage.py", "templates", "static", "requirements/base.txt", "requirements/observability.txt"}


def test_the_secrets_that_the_build_makes_stay_in_its_own_stage(tmp_path: Path) -> None:
    """An embedded start makes its secrets in the state folder: that of the build must not be one that the image keeps."""
    state = tmp_path / "state"
    environment = {"AQAD_STATE_DIR": str(state), "AQAD_STATIC_DIR": str(tmp_path / "static")}
    assert start_says(environment, "collectstatic", "--noinput", "--dry-run", "-v0") == ""
    assert {path.name for path in state.iterdir()} == {"secrets.secret_key", "secrets.jwt_signing_key"}
    building = re.search(r"AQAD_STATE_DIR=(\S+) AQAD_STATIC_DIR=(\S+) \S+ manage.py collectstatic", DOCKERFILE)
    assert building
    assert building[1] not in FINAL
    assert f"--from=build {building[2]} {building[2]}" in FINAL


def test_no_volume_of_the_state_folder_hides_the_static_files() -> None:
    folders = dict(re.findall(r"(AQAD_\w+_DIR)=(\S+)", FINAL))
    assert Path(folders["AQAD_STATE_DIR"]) not in Path(folders["AQAD_STATIC_DIR"]).parents
