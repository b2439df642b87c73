"""Ask the database whether every promise holds. Exit code 1 and the rows when one does not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from aqad.core.invariants import violations

SHOWN = 20


class Command(BaseCommand):
    help = "Check every invariant; print the rows that break one and exit with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for name, rows in violations():
            if options["verbosity"] > 1 and not rows:
                self.stdout.write(f"holds   {name}")
            if rows:
                broken += 1
                self.stdout.write(self.style.ERROR(f"BROKEN  {name}: {len(rows)}"))
                for row in rows[:SHOWN]:
                    self.stdout.write(f"        {row}")
        if broken:
            self.stderr.write(f"{broken} invariants are broken.")
            raise SystemExit(1)
