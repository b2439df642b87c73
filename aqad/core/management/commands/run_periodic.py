"""What beat would do, in this process: for the embedded mode, a cron job, or a test."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from celery import current_app
from celery.schedules import maybe_schedule
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Run every periodic task once; with --every, again and again, each at its own pace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", action="store_true", help="go on until stopped, each task at the pace of beat's schedule")

    def handle(self, *args: Any, **options: Any) -> None:
        current_app.loader.import_default_modules()
        schedules = {name: maybe_schedule(entry["schedule"], app=current_app) for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
        ran_at: dict[str, datetime] = {}
        while True:
            for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
                if name not in ran_at or schedules[name].is_due(ran_at[name]).is_due:
                    ran_at[name] = schedules[name].now()
                    self._run(name, entry["task"], verbose=options["verbosity"] > 1)
            if not options["every"]:
                return
            time.sleep(1)

    def _run(self, name: str, task: str, *, verbose: bool) -> None:
        result = current_app.tasks[task].apply()
        if result.failed():
            self.stderr.write(f"{name}: {type(result.result).__name__}: {result.result}")
        elif verbose:
            self.stdout.write(f"{name}: {result.result}")
