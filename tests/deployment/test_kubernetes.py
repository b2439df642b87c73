"""deploy/kubernetes: valid for Kubernetes' own schemas, unprivileged, connected, and enough to start AQAD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from tests.deployment.given import KUBERNETES, ROOT, a_value, documented_settings, start_says
from tests.deployment.kustomize import Resource, build, containers_of, pod_of

pytestmark = [pytest.mark.embedded, pytest.mark.once]
OVERLAYS = ["production", "staging"]
OLDEST, NEWEST = "1.30", "1.37"
GRACE = 20  # seconds between the longest task and the end of patience


@pytest.fixture(scope="module", params=OVERLAYS)
def made(request: pytest.FixtureRequest) -> list[Resource]:
    """Everything of one overlay, its migration included."""
    folder = KUBERNETES / "overlays" / request.param
    return build(folder) + build(folder / "migrate")


def of_kind(made: list[Resource], kind: str) -> dict[str, Resource]:
    return {one["metadata"]["name"]: one for one in made if one["kind"] == kind}


def pods(made: list[Resource]) -> Iterator[tuple[str, Resource, Resource]]:
    """Whose pod, its template, its one container."""
    for one in made:
        pod = pod_of(one)
        if pod and containers_of(one):
            (container,) = containers_of(one)
            yield one["metadata"]["name"], pod, container


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_resource_is_one_that_kubernetes_knows(made: list[Resource], version: str) -> None:
    for one in made:
        kubernetes_validate.validate(one, version, strict=True)


def test_a_mistake_in_a_resource_is_noticed(made: list[Resource]) -> None:
    web = of_kind(made, "Deployment")["web"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**web, "spec": {**web["spec"], "replica": 3}}, NEWEST, strict=True)


def test_no_process_has_more_rights_than_it_needs(made: list[Resource]) -> None:
    for name, pod, container in pods(made):
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


def test_every_process_says_what_it_needs_and_has_a_bound(made: list[Resource]) -> None:
    for name, _pod, container in pods(made):
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}, name
        assert "memory" in container["resources"]["limits"], name


def test_every_process_runs_the_same_image(made: list[Resource]) -> None:
    assert {container["image"] for _name, _pod, container in pods(made)} == {"aqad:local"}


def test_everything_lives_in_one_restricted_namespace(made: list[Resource]) -> None:
    (namespace,) = of_kind(made, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {one["metadata"]["namespace"] for one in made if one["kind"] != "Namespace"} == {namespace["metadata"]["name"]}


def test_what_a_migration_needs_can_be_applied_before_it(made: list[Resource]) -> None:
    foundation = {one["kind"] for one in made if one["metadata"]["labels"].get("part") == "foundation"}
    assert foundation == {"Namespace", "ServiceAccount", "ConfigMap", "NetworkPolicy"}


def test_every_name_that_is_referred_to_is_there(made: list[Resource]) -> None:
    deployments, claims = of_kind(made, "Deployment"), of_kind(made, "PersistentVolumeClaim")
    for name, pod, container in pods(made):
        spec = pod["spec"]
        assert spec["serviceAccountName"] in of_kind(made, "ServiceAccount"), name
        assert {one["configMapRef"]["name"] for one in container["envFrom"]} <= set(of_kind(made, "ConfigMap")), name
        volumes = {one["name"]: one for one in spec["volumes"]}
        assert {one["name"] for one in container["volumeMounts"]} == set(volumes), name
        assert {one["persistentVolumeClaim"]["claimName"] for one in volumes.values() if "persistentVolumeClaim" in one} <= set(claims)
    for one in deployments.values():
        chosen, labels = one["spec"]["selector"]["matchLabels"], one["spec"]["template"]["metadata"]["labels"]
        assert chosen.items() <= labels.items()
    for one in of_kind(made, "HorizontalPodAutoscaler").values():
        assert "replicas" not in deployments[one["spec"]["scaleTargetRef"]["name"]]["spec"], "a release would overwrite the autoscaler's"
    selecting = [one["spec"]["selector"] for one in of_kind(made, "Service").values()]
    selecting += [one["spec"]["selector"]["matchLabels"] for one in of_kind(made, "PodDisruptionBudget").values()]
    for labels in selecting:
        assert any(labels.items() <= one["spec"]["template"]["metadata"]["labels"].items() for one in deployments.values()), labels
    (rule,) = of_kind(made, "Ingress")["web"]["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"] == {"name": "web", "port": {"name": "http"}}
    assert rule["host"] == of_kind(made, "ConfigMap")["aqad-settings"]["data"]["PUBLIC_HOST"]


def test_there_is_one_beat_and_the_old_one_ends_first(made: list[Resource]) -> None:
    beat = of_kind(made, "Deployment")["beat"]["spec"]
    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})


def test_every_queue_has_a_worker_that_may_finish_its_task(made: list[Resource]) -> None:
    heard: list[str] = []
    for name, pod, container in pods(made):
        if "-Q" in container.get("args", []):
            heard += container["args"][container["args"].index("-Q") + 1].split(",")
            assert pod["spec"]["terminationGracePeriodSeconds"] >= settings.CELERY_TASK_TIME_LIMIT + GRACE, name
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert sorted(heard) == sorted({settings.CELERY_TASK_DEFAULT_QUEUE, *routed})


def test_a_web_process_is_asked_at_addresses_that_exist_by_a_name_it_answers_to(made: list[Resource]) -> None:
    (container,) = containers_of(of_kind(made, "Deployment")["web"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container[probe]["httpGet"]
        assert resolve(asked["path"]).func.__name__ == asked["path"].strip("/")
        assert asked["httpHeaders"] == [{"name": "Host", "value": "localhost"}]
    (allowed,) = [one["value"] for one in container["env"] if one["name"] == "ALLOWED_HOSTS"]
    assert {"localhost", "$(POD_IP)"} <= set(allowed.split(","))


def test_a_web_process_drains_before_it_ends(made: list[Resource]) -> None:
    web = of_kind(made, "Deployment")["web"]["spec"]
    (container,) = web["template"]["spec"]["containers"]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    longest_statement = 10  # seconds: statement_timeout of the application's role
    assert web["template"]["spec"]["terminationGracePeriodSeconds"] >= waits + 2 * longest_statement
    assert web["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_prometheus_reaches_every_worker_where_it_answers(made: list[Resource]) -> None:
    port = int(of_kind(made, "ConfigMap")["aqad-settings"]["data"]["METRICS_PORT"])
    workers = [(pod, container) for _name, pod, container in pods(made) if "worker" in container.get("args", [])]
    policy = of_kind(made, "NetworkPolicy")["prometheus-to-workers"]["spec"]
    assert len(workers) == 4
    for pod, container in workers:
        assert [one["containerPort"] for one in container["ports"] if one["name"] == "metrics"] == [port]
        assert policy["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert [one["port"] for rule in policy["ingress"] for one in rule["ports"]] == [port]


def test_every_command_is_one_of_ours(made: list[Resource]) -> None:
    for name, _pod, container in pods(made):
        arguments = container.get("args")
        if name == "web":
            assert arguments is None  # the image's own
        elif arguments[0] == "python":
            assert arguments[1] == "manage.py", name
            assert arguments[2] in get_commands(), name
        else:
            assert arguments[:4] == ["celery", "-A", "aqad", "beat" if name == "beat" else "worker"], name


def test_only_the_migration_knows_the_owner_of_the_tables(made: list[Resource]) -> None:
    knowing = [name for name, _pod, container in pods(made) if "aqad-migration" in str(container["env"])]
    assert knowing == ["migrate-local"]


def test_every_setting_is_a_documented_one(made: list[Resource]) -> None:
    for name, _pod, container in pods(made):
        values = [one.get("value", "") for one in container["env"]]
        helpers = set(re.findall(r"\$\((\w+)\)", " ".join(values)))
        given = {one["name"] for one in container["env"]} | set(of_kind(made, "ConfigMap")["aqad-settings"]["data"])
        assert given - helpers - documented_settings() == set(), name


def test_every_secret_is_a_reference_that_the_handbook_lists(made: list[Resource]) -> None:
    handbook = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    for _name, _pod, container in pods(made):
        for one in container["env"]:
            if "secretKeyRef" in one.get("valueFrom", {}):
                assert one["valueFrom"]["secretKeyRef"]["key"] == one["name"]
                assert f"`{one['valueFrom']['secretKeyRef']['name']}`" in handbook
                assert f"`{one['name']}`" in handbook
            elif "value" in one:
                assert not re.search("KEY|SECRET|PASSWORD|URL", one["name"])
    assert not of_kind(made, "Secret")


def test_the_application_starts_with_what_it_is_given(made: list[Resource]) -> None:
    (container,) = containers_of(of_kind(made, "Job")["migrate-local"])
    assert start_says(environment_of(container, made)) == ""


def environment_of(container: Resource, made: list[Resource]) -> dict[str, str]:
    """What the kubelet would make of it, with good values for the secrets."""
    data: dict[str, str] = of_kind(made, "ConfigMap")["aqad-settings"]["data"]
    found = dict(data)
    for one in container["env"]:
        source: dict[str, Any] = one.get("valueFrom", {})
        if "secretKeyRef" in source:
            found[one["name"]] = a_value(source["secretKeyRef"]["key"])
        elif "configMapKeyRef" in source:
            found[one["name"]] = data[source["configMapKeyRef"]["key"]]
        elif "fieldRef" in source:
            found[one["name"]] = "10.0.0.7"
        else:
            found[one["name"]] = re.sub(r"\$\((\w+)\)", lambda match: found[match[1]], one["value"])
    return found
