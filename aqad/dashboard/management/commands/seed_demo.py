"""Fill an empty AQAD with the demo; one that was filled before is left as it is."""

from __future__ import annotations

import logging
import sys
import time
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from aqad.accounts.models import User
from aqad.core import clock
from aqad.dashboard.demo import seeding

WIDTH = 32
HALF_MADE = (
    "The demo was begun here and ended before its time. Begin anew with `./dev demo --fresh`; "
    "where DATABASE_URL names a database of yours, empty that first."
)


class Command(BaseCommand):
    requires_system_checks = []  # migrating asks them: just before, or by --migrate
    help = "Seed the demo: the story's cast, 381 products, six weeks of trade."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--migrate", action="store_true", help="bring the database up to date first, while pack shots are drawn already"
        )
        parser.add_argument("--now", type=datetime.fromisoformat, help="when the six weeks end, with offset; now, unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        migrate = self._migrate if options["migrate"] else _nothing
        if seeding.has_tables():
            migrate()
            migrate = _nothing
            if seeding.is_seeded():
                self._require_whole()
                self.stdout.write("The demo is there already.")
                return
            if User.objects.exists():
                self.stderr.write("There are people in this database; the demo is only made in an empty one.")
                raise SystemExit(1)
        started = time.perf_counter()
        logging.disable(logging.INFO)  # nobody reads what six weeks of tasks and mails have to say
        try:
            seeding.seed(now=options["now"] or clock.now(), tell=self._draw_bar, make_tables=migrate)
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(f"\nThe demo was made in {time.perf_counter() - started:.1f} seconds.")

    def _migrate(self) -> None:
        call_command("migrate", interactive=False, skip_checks=False, stdout=self.stdout)

    def _require_whole(self) -> None:
        if seeding.is_half_made():
            self.stderr.write(HALF_MADE)
            raise SystemExit(1)

    def _draw_bar(self, doing: str, done: int, total: int) -> None:
        if sys.stdout.isatty() or done == total:
            filled = WIDTH * done // total
            self.stdout.write(f"\r{doing} [{'█' * filled}{'·' * (WIDTH - filled)}] {done}/{total}", ending="")
            self.stdout.flush()


def _nothing() -> None:
    """The tables are as they should be."""
