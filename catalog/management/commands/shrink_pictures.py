"""Make the small pictures that lists show, where they are missing."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from catalog.actions import shrinking

WIDTH = 32


class Command(BaseCommand):
    help = "Make the small pictures of products that lists show, where they are missing; safe while the shop is open."

    def handle(self, *_: Any, **__: Any) -> None:
        total = shrinking.without_smaller().count()
        result = shrinking.make_missing(lambda done: self._draw_bar(done, max(total, done)))
        if total:
            self.stdout.write("")
        self.stdout.write(f"Pictures that got their smaller ones: {result.made}.")
        if result.failed:
            self.stderr.write(f"Pictures that could not be read: {result.failed}. The log names them; they are shown in full as before.")

    def _draw_bar(self, done: int, total: int) -> None:
        if sys.stdout.isatty() or done == total:
            filled = WIDTH * done // total
            self.stdout.write(f"\rMaking small pictures [{'█' * filled}{'·' * (WIDTH - filled)}] {done}/{total}", ending="")
            self.stdout.flush()
