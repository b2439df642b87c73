"""What is wrong, and what to do next. Exit code 0 when all is well, 1 when something is to be looked at, 2 when something is broken."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from aqad.core.findings import EXIT_CODES, Finding, Level, worst
from aqad.dashboard.ops import doctor


class Command(BaseCommand):
    help = "Look at database, cache, queues, files, mail, gateway, settings and the trade; say what to do next."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--bad", action="store_true", help="only what is not well")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = doctor.examine()
        level = worst(findings)
        shown = [finding for finding in findings if finding.level != Level.OK] if options["bad"] else findings
        if options["json"]:
            told = {"status": level, "release": settings.RELEASE_ID, "checks": [finding.as_json() for finding in shown]}
            self.stdout.write(json.dumps(told, indent=2))
        else:
            for finding in shown:
                self._print(finding)
            self.stdout.write(f"{sum(finding.level == Level.OK for finding in findings)} of {len(findings)} are well: {level}")
        raise SystemExit(EXIT_CODES[level])

    def _print(self, finding: Finding) -> None:
        style = {Level.OK: self.style.SUCCESS, Level.WARN: self.style.WARNING, Level.FAIL: self.style.ERROR}[finding.level]
        self.stdout.write(f"{style(f'{finding.level:<4}')}  {finding.area}: {finding.name}: {finding.value}")
        for line in finding.details:
            self.stdout.write(f"          {line}")
        if finding.advice:
            self.stdout.write(f"      -> {finding.advice}")
