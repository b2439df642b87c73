"""The workflows of .github: valid for GitHub's schema, with few rights, pinned, bounded, and in step with deploy/kubernetes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.given import KUBERNETES, ROOT, load, schema_says
from tests.deployment.kustomize import build

pytestmark = [pytest.mark.embedded, pytest.mark.once]
FOLDER = ROOT / ".github" / "workflows"
CI, DEPLOY, AUDIT = FOLDER / "ci.yaml", FOLDER / "deploy.yaml", FOLDER / "audit.yaml"
FILES = [AUDIT, CI, DEPLOY]
by_name = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def steps_of(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_these_are_all_workflows() -> None:
    assert sorted(FOLDER.iterdir()) == FILES


@by_name
def test_it_is_a_workflow_that_github_understands(path: Path) -> None:
    assert schema_says("vendor.github-workflows", path) == ""


@by_name
def test_every_job_has_an_end(path: Path) -> None:
    assert schema_says("custom.github-workflows-require-timeout", path) == ""


@by_name
def test_it_may_only_read_the_code(path: Path) -> None:
    assert load(path)["permissions"] == {"contents": "read"}
    assert not [job for job in load(path)["jobs"].values() if "permissions" in job]


@by_name
def test_every_action_is_pinned(path: Path) -> None:
    used = [step["uses"] for step in steps_of(path) if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@(v\d+(\.\d+)*|[0-9a-f]{40})", one) for one in used), used


@by_name
def test_no_step_pastes_what_people_wrote_or_a_secret_into_a_script(path: Path) -> None:
    """`${{ }}` within a script is put in before the shell reads it, so that a branch's name could be a command."""
    assert not [step["run"] for step in steps_of(path) if "${{" in step.get("run", "")]


def test_ci_runs_the_whole_of_the_tests() -> None:
    assert "bash .ci/run" in [step.get("run") for step in load(CI)["jobs"]["test"]["steps"]]


def test_a_release_migrates_before_it_rolls_out_and_is_looked_at_after() -> None:
    scripts = [step.get("run", "") for step in load(DEPLOY)["jobs"]["release"]["steps"]]
    order = [
        next(number for number, script in enumerate(scripts) if words in script)
        for words in ("--selector part=foundation", "migrate-$RELEASE", "rollout status", "/readyz", "rollout undo")
    ]
    assert order == sorted(order)


def test_every_deployment_is_waited_for_and_can_be_rolled_back() -> None:
    there = {one["metadata"]["name"] for one in build(KUBERNETES / "overlays" / "production") if one["kind"] == "Deployment"}
    loops = re.findall(r"for deployment in ([^;]+);", DEPLOY.read_text(encoding="utf-8"))
    assert [set(names.split()) for names in loops] == [there, there]


@pytest.mark.parametrize("name", ["production", "staging"])
def test_its_places_are_those_of_the_overlays(name: str) -> None:
    workflow = load(DEPLOY)
    assert name in workflow[True]["workflow_dispatch"]["inputs"]["environment"]["options"]  # YAML reads `on` as true
    namespace = load(KUBERNETES / "overlays" / name / "kustomization.yaml")["namespace"]
    assert f"'{namespace}'" in workflow["jobs"]["release"]["env"]["NAMESPACE"]


@pytest.mark.parametrize("path", [AUDIT, DEPLOY], ids=lambda path: path.stem)
def test_the_inventory_names_every_package_that_the_image_installs(path: Path) -> None:
    shipped = set(re.findall(r"requirements/\w+\.txt", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    written = [step["run"] for step in steps_of(path) if "cyclonedx-json" in step.get("run", "")]
    assert shipped
    assert [set(re.findall(r"requirements/\w+\.txt", script)) for script in written] == [shipped]


def test_the_audit_fails_on_a_finding_in_whatever_is_locked_for_us() -> None:
    audits = [step["run"] for step in steps_of(AUDIT) if "pip_audit" in step.get("run", "") and "cyclonedx" not in step["run"]]
    assert len(audits) == 1
    assert "||" not in audits[0]
    assert set(re.findall(r"requirements/\w+\.txt", audits[0])) >= {f"requirements/{name}.txt" for name in ("base", "observability", "dev")}
