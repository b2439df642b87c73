"""What other systems are told: nothing unless they want it, and then what docs/events.md says."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from aqad import env
from aqad.audit import consumers, exchange, verbs
from aqad.audit.actions import record, work_off
from aqad.audit.models import Outbox
from aqad.core.actor import Actor
from tests.audit.promised import ROOT, facts_by_verb
from tests.factories.people import UserFactory

pytestmark = pytest.mark.embedded
PACKAGES = ["aqad", "vendors", "catalog", "orders", "payments", "deliveries"]


@pytest.mark.django_db
def test_without_a_broker_no_event_waits_for_one() -> None:
    record("accounts.signed_out", UserFactory(), Actor.system("tests"))
    assert exchange.CONSUMER not in consumers.interested_in("accounts.signed_out")
    assert not Outbox.objects.filter(consumer=exchange.CONSUMER).exists()


@pytest.mark.django_db
def test_what_still_waits_when_the_broker_is_taken_out_of_the_settings_is_cleared_away() -> None:
    exchange.register()
    record("accounts.signed_out", UserFactory(), Actor.system("tests"))
    assert Outbox.objects.filter(consumer=exchange.CONSUMER).count() == 1
    assert work_off() == 0
    consumers.unregister(exchange.CONSUMER)
    assert work_off() == 1
    assert not Outbox.objects.exists()


def test_the_page_for_other_systems_names_every_verb() -> None:
    assert set(facts_by_verb()) == set(verbs.declared())


def test_the_page_for_other_systems_names_every_fact_that_is_written_out_in_the_code() -> None:
    promised = facts_by_verb()
    found = list(_written_out())
    assert len(found) > 40
    assert [(verb, name) for verb, name in found if name not in promised[verb]] == []


def test_the_listener_on_the_page_is_python() -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    ast.parse(page.split("```python\n")[1].split("```")[0])
    example = json.loads(page.split("```json\n")[1].split("```")[0])
    assert set(example["data"]["facts"]) <= facts_by_verb()[example["eventType"]]


@pytest.mark.parametrize("url", ["broker:5672", "redis://127.0.0.1/0", "amqp://", "http://broker"])
def test_refuses_an_address_that_is_no_amqp_broker(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EVENTS_BROKER_URL", url)
    with pytest.raises(env.EnvError, match="EVENTS_BROKER_URL must look like amqp://"):
        env.amqp("EVENTS_BROKER_URL")


def _written_out() -> Iterator[tuple[str, str]]:
    """The keywords of every `record("verb", subject, actor, keyword=...)`."""
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and isinstance(node.args[0], ast.Constant):
                yield from ((node.args[0].value, word.arg) for word in node.keywords if word.arg not in {None, "about"})


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")
