"""deploy/compose.yaml: what it promises about secrets, order, limits and who can be reached."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings

from tests.deployment.given import DEPLOY, ROOT, a_value, documented_settings, load, schema_says, start_says

pytestmark = [pytest.mark.embedded, pytest.mark.once]
FILE = DEPLOY / "compose.yaml"
EXAMPLE = DEPLOY / ".env.example"
OURS = ["web-1", "web-2", "worker", "beat", "migrate", "static"]
ONCE = {"migrate", "static"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")
SECRETS = {"SECRET_KEY", "JWT_SIGNING_KEY", "POSTGRES_PASSWORD", "AQAD_OWNER_PASSWORD", "AQAD_APP_PASSWORD", "REDIS_PASSWORD"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(load(FILE)["services"])


def test_it_follows_the_compose_specification() -> None:
    assert schema_says("vendor.compose-spec", FILE) == ""


def test_a_missing_secret_stops_the_start_and_none_has_a_default() -> None:
    uses = VARIABLE.findall(FILE.read_text(encoding="utf-8"))
    assert {name for name, sign, _text in uses if sign == ":?"} >= SECRETS
    assert not [name for name, sign, text in uses if sign == ":-" and text and (name in SECRETS or "KEY" in name or "PASS" in name)]


def test_the_example_names_every_variable_and_no_other() -> None:
    named = set(re.findall(r"^(\w+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {name for name, _sign, _text in VARIABLE.findall(FILE.read_text(encoding="utf-8"))}


def test_the_example_holds_no_secret() -> None:
    given = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for name in given if given[name] and re.search("KEY|PASSWORD|SECRET", name)} == set()
    assert {given[name] for name in SECRETS} == {""}


def test_only_nginx_is_reached_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, one in services.items() if "ports" in one] == ["nginx"]
    assert load(FILE)["networks"]["back"]["internal"] is True
    assert {name for name in services if services[name].get("networks") == ["back"]} >= {
        "postgres",
        "redis-cache",
        "redis-broker",
        "rabbitmq",
    }


def test_nothing_of_a_release_serves_before_its_migrations_are_done(services: dict[str, Any]) -> None:
    for name in ("web-1", "web-2", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["restart"] == "no"
    assert "MIGRATION_DATABASE_URL" in services["migrate"]["environment"]
    assert not [name for name in services if name != "migrate" and "MIGRATION_DATABASE_URL" in services[name].get("environment", {})]


def test_every_service_is_bounded_watched_and_comes_back(services: dict[str, Any]) -> None:
    for name, one in services.items():
        assert "mem_limit" in one, name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        if name not in ONCE:
            assert one["restart"] == "unless-stopped", name
            assert "test" in one["healthcheck"], name


def test_the_application_cannot_write_to_its_own_image(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


def test_a_stopped_worker_may_finish_its_task(services: dict[str, Any]) -> None:
    assert int(services["worker"]["stop_grace_period"].rstrip("s")) > settings.CELERY_TASK_TIME_LIMIT


def test_a_worker_listens_to_every_queue(services: dict[str, Any]) -> None:
    command = services["worker"]["command"]
    wanted = {settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())}
    assert set(command[command.index("-Q") + 1].split(",")) == wanted


@pytest.mark.parametrize("name", ["web-1", "worker", "beat", "migrate"])
def test_every_setting_is_a_documented_one(services: dict[str, Any], name: str) -> None:
    assert set(services[name]["environment"]) - documented_settings() == set()


def test_the_application_starts_with_what_it_is_given(services: dict[str, Any]) -> None:
    given = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    filled = {name: value or (a_value(name) if name in SECRETS else "") for name, value in given.items()}

    def read(match: re.Match[str]) -> str:
        name, sign, text = match.groups()
        return filled[name] or (text if sign == ":-" else "")

    environment = {name: VARIABLE.sub(read, value) for name, value in services["migrate"]["environment"].items()}
    assert start_says(environment) == ""


def test_what_is_mounted_from_here_is_there(services: dict[str, Any]) -> None:
    files = [one.split(":")[0] for one in services["postgres"]["volumes"] if one.startswith("./")]
    assert len(files) == 2
    assert all((DEPLOY / name).is_file() for name in files)


def test_nginx_is_told_every_value_of_its_template(services: dict[str, Any]) -> None:
    for template in (DEPLOY / "nginx").glob("*.template"):
        wanted = set(re.findall(r"\$\{(AQAD_\w+)\}", template.read_text(encoding="utf-8")))
        assert wanted == set(services["nginx"]["environment"])


def test_the_volumes_of_the_application_are_folders_of_the_image(services: dict[str, Any]) -> None:
    """A volume takes the owner of the folder that it is mounted on; without one, only root could write to it."""
    made = re.search(r"install --directory[^\n]*\n?.*?\n(?=WORKDIR)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.DOTALL)
    assert made
    for name in OURS:
        for volume in services[name].get("volumes", []):
            assert f"{volume.split(':')[1]} " in made.group().replace("\n", " "), volume
