"""Delete what is over its time; `--dry-run` only says how much that is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from aqad.audit import retention


class Command(BaseCommand):
    help = "Delete what docs/privacy.md says is over its time, as beat does every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *_: Any, dry_run: bool, **__: Any) -> None:
        for one in retention.apply(dry_run=dry_run):
            self.stdout.write(f"{one.rule.name}, older than {one.rule.keep.days} days: {one.rows} {'would go' if dry_run else 'went'}")
