"""What is kept for how long: rules that apps declare when they start, applied nightly (docs/privacy.md says why each is as it is)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor

APPLIED = "audit.retention_applied"
BATCH = 1000
_rules: list[Rule] = []


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of `model` that `which` names go once `at`, a field that grows with the primary key, is `keep` ago."""

    name: str
    model: type[models.Model]
    at: str
    keep: timedelta
    which: models.Q = field(default_factory=models.Q)


@dataclass(frozen=True, slots=True)
class Applied:
    rule: Rule
    rows: int


def declare(*rules: Rule) -> None:
    _rules.extend(rules)


def apply(*, dry_run: bool = False) -> list[Applied]:
    """Delete what is over its time, each rule's deletions on record in the same transactions; or only count."""
    return [Applied(rule, sum(_apply(rule, dry_run=dry_run))) for rule in _rules]


def _apply(rule: Rule, *, dry_run: bool) -> Iterator[int]:
    """How many rows went, batch by batch, from the oldest on: a large table is never read to its end."""
    before, last = clock.now() - rule.keep, 0
    while batch := _batch(rule, last):
        if batch[0][1] >= before:
            return
        last = batch[-1][0]
        over = rule.model._default_manager.filter(rule.which, pk__in=[pk for pk, at in batch if at < before])
        yield over.count() if dry_run else _delete(rule, over)


def _batch(rule: Rule, last: int) -> list[tuple[int, datetime]]:
    rows: Any = rule.model._default_manager.filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", rule.at)[:BATCH])


@transaction.atomic
def _delete(rule: Rule, rows: models.QuerySet[Any]) -> int:
    newest = rows.order_by("pk").last()
    if newest is None:
        return 0
    number: int = rows.count()
    record(APPLIED, newest, Actor.system("retention"), rule=rule.name, rows=number)
    rows.delete()
    return number
