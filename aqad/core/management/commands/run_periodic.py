"""What beat would do, in this process: for the embedded mode, a cron job, or a test."""

from __future__ import annotations

import time
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Run every periodic task once; with --every, again and again, each at its own pace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", action="store_true", help="go on until stopped, each task at the pace of beat's schedule")

    def handle(self, *args: Any, **options: Any) -> None:
        due = dict.fromkeys(settings.CELERY_BEAT_SCHEDULE, 0.0)
        current_app.loader.import_default_modules()
        while True:
            for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
                if time.monotonic() >= due[name]:
                    self._run(name, entry["task"], verbose=options["verbosity"] > 1)
                    due[name] = time.monotonic() + float(entry["schedule"])
            if not options["every"]:
                return
            time.sleep(1)

    def _run(self, name: str, task: str, *, verbose: bool) -> None:
        result = current_app.tasks[task].apply()
        if result.failed():
            self.stderr.write(f"{name}: {type(result.result).__name__}: {result.result}")
        elif verbose:
            self.stdout.write(f"{name}: {result.result}")
