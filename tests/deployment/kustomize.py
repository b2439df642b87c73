"""What `kubectl kustomize` would make of a folder, for as much of kustomize as deploy/kubernetes uses; anything else is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Resource = dict[str, Any]
KNOWN = {"apiVersion", "kind", "resources", "patches", "labels", "namespace", "nameSuffix", "images"}
# By what Kubernetes merges the items of a list; the items of any other list replace those before.
MERGED_BY = {"containers": "name", "env": "name", "volumes": "name", "volumeMounts": "mountPath", "ports": "containerPort"}
CLUSTER_WIDE = {"Namespace"}


def build(folder: Path) -> list[Resource]:
    """Every resource of the folder's kustomization. Raises ValueError for what this does not know."""
    wanted = _documents(folder / "kustomization.yaml")[0]
    if unknown := set(wanted) - KNOWN:
        raise ValueError(f"{folder}: {sorted(unknown)} is more of kustomize than is known here.")
    made: list[Resource] = []
    for name in wanted.get("resources", []):
        made += build(folder / name) if (folder / name).is_dir() else _documents(folder / name)
    for patch in wanted.get("patches", []):
        for change in _documents(folder / patch["path"]):
            _patch(made, change, patch.get("target"))
    for one in made:
        for label in wanted.get("labels", []):
            _label(one, label["pairs"], templates=label.get("includeTemplates", False))
        if "namespace" in wanted and one["kind"] not in CLUSTER_WIDE:
            one["metadata"]["namespace"] = wanted["namespace"]
        one["metadata"]["name"] += wanted.get("nameSuffix", "")
        for image in wanted.get("images", []):
            for container in containers_of(one):
                if container["image"] == image["name"]:
                    container["image"] = f"{image['newName']}:{image['newTag']}"
    return made


def pod_of(resource: Resource) -> Resource | None:
    """The template of the pods that a resource makes, if it makes any."""
    spec = resource.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    return spec.get("template")


def containers_of(resource: Resource) -> list[Resource]:
    pod = pod_of(resource)
    return pod["spec"].get("containers", []) if pod else []


def _documents(path: Path) -> list[Resource]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def _patch(made: list[Resource], change: Resource, target: Resource | None) -> None:
    """Merge into whatever the target names, else into the one resource of the same kind and name. Raises ValueError when there is none."""
    if target:
        hit = [one for one in made if one["kind"] == target["kind"]]
        change = {key: value for key, value in change.items() if key != "metadata"}
    else:
        hit = [one for one in made if (one["kind"], one["metadata"]["name"]) == (change["kind"], change["metadata"]["name"])]
    if not hit:
        raise ValueError(f"No resource is there for the patch of {change['kind']}.")
    for one in hit:
        _merge(one, change)


def _merge(into: Resource, change: Resource) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and key in MERGED_BY and isinstance(into.get(key), list):
            _merge_items(into[key], value, MERGED_BY[key])
        else:
            into[key] = yaml.safe_load(yaml.safe_dump(value))


def _merge_items(into: list[Resource], changes: list[Resource], key: str) -> None:
    for change in changes:
        same = [one for one in into if one[key] == change[key]]
        if same:
            _merge(same[0], change)
        else:
            into.append(yaml.safe_load(yaml.safe_dump(change)))


def _label(resource: Resource, pairs: dict[str, str], *, templates: bool) -> None:
    spec = resource.get("spec", {})
    labelled = [resource]
    if templates:
        labelled += [one for one in (spec.get("jobTemplate"), pod_of(resource)) if one]
    for one in labelled:
        one.setdefault("metadata", {}).setdefault("labels", {}).update(pairs)
