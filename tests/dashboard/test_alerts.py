"""Alerts and dashboards speak of what is really exposed, and each alert leads to a page that says what to do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.cache import cache

from aqad.core.invariants import BROKEN_KEY
from aqad.dashboard.ops import broker, metrics
from tests.servers import ROOT

pytestmark = pytest.mark.embedded
PROMETHEUS, GRAFANA = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "grafana"
ALERTS = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text())
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARDS = sorted(GRAFANA.glob("*.json"))
PROMTOOL = shutil.which("promtool")
NAME = re.compile(r"\baqad_[a-z_]+\b")
LABEL = re.compile(r"\b(aqad_[a-z_]+)\{([^}]*)\}")


def exposed() -> dict[str, set[str]]:
    """Every name that Prometheus would store, with its labels; those that tell only where there is a broker or a replica included."""
    cache.set(BROKEN_KEY, 0)
    found: dict[str, set[str]] = {"aqad_replica_lag_seconds": set(), "aqad_queue_waiting": {"queue"}}
    for registry in (metrics.metrics.Counted(), metrics.metrics.TRADE):
        for family in registry.collect():
            endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
            for ending in endings:
                found.setdefault(family.name + ending, set()).update(*(sample.labels.keys() for sample in family.samples))
    for metric in vars(metrics.metrics).values():  # counted nothing yet, so that no sample shows the labels
        if hasattr(metric, "_labelnames"):
            for name in [name for name in found if name.startswith(metric._name)]:
                found[name] |= set(metric._labelnames) | ({"le"} if name.endswith("_bucket") else set())
    return found


def expressions(dashboard: Path) -> list[str]:
    return [target["expr"] for panel in json.loads(dashboard.read_text())["panels"] for target in panel["targets"]]


@pytest.mark.django_db
def test_alerts_and_dashboards_name_only_what_is_exposed() -> None:
    known = exposed()
    asked = [rule["expr"] for rule in RULES] + [one for dashboard in DASHBOARDS for one in expressions(dashboard)]
    assert {name for one in asked for name in NAME.findall(one)} - known.keys() == set()
    for one in asked:
        for name, selector in LABEL.findall(one):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
            assert labels <= known[name], one


@pytest.mark.django_db
def test_what_is_exposed_stands_on_a_dashboard() -> None:
    shown = {name for dashboard in DASHBOARDS for one in expressions(dashboard) for name in NAME.findall(one)}
    families = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in exposed() if name.startswith("aqad_")}
    assert families - {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in shown} == set()


@pytest.mark.django_db
def test_gauges_that_need_a_server_are_told_by_their_own_functions(settings: Any) -> None:
    assert [family.name for family in metrics.queues()] == ["aqad_queue_waiting"]
    assert list(metrics.replica()) == []
    assert "default" in broker.names()


def test_each_alert_leads_to_a_part_of_the_runbook_that_is_there() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    places = {f"docs/runbook.md#{_anchor(heading)}" for heading in headings}
    assert {rule["annotations"]["runbook"] for rule in RULES} <= places
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}
    assert all(rule["annotations"]["summary"] for rule in RULES)
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_dashboards_are_whole() -> None:
    assert [dashboard.stem for dashboard in DASHBOARDS] == ["infrastructure", "trade", "traffic"]
    for dashboard in DASHBOARDS:
        board = json.loads(dashboard.read_text())
        assert board["uid"] == f"aqad-{dashboard.stem}"
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids)) > 5
        assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${datasource}"}


if PROMTOOL or os.environ.get("CI"):

    @pytest.mark.parametrize(
        "words", ["check rules alerts.yaml", "test rules alerts.test.yaml", "check config --syntax-only prometheus.example.yaml"]
    )
    def test_prometheus_own_tool_agrees(words: str) -> None:
        assert PROMTOOL, "promtool is needed in CI: .ci/run fetches it from Debian's package prometheus"
        done = subprocess.run([PROMTOOL, *words.split()], cwd=PROMETHEUS, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _anchor(heading: str) -> str:
    """As GitHub makes it: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
