"""Everything that tries to break AQAD by what it is sent, as large as is asked for, with its counts as a table.

    python -m tests.hostile                 # every input once, and as many generated calls as CI makes
    python -m tests.hostile --whole         # 40 times as many generated calls, 60 days of the state machine: an hour
    python -m tests.hostile --only machine  # one part

DATABASE_URL and REDIS_URL choose where, as for the tests themselves. Exit code 1 when anything failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = "tests/hostile"
EVERY_INPUT = {"AQAD_HOSTILE_EVERY": "1"}
WHOLE = {"AQAD_CALLS": "40", "AQAD_MACHINE_EXAMPLES": "60"}


@dataclass(frozen=True)
class Part:
    title: str
    files: tuple[str, ...]


PARTS = {
    "values": Part("Bad values in JSON", (f"{HERE}/test_values.py",)),
    "bodies": Part("Bad bodies, fields, references, lists", (f"{HERE}/test_bodies.py",)),
    "files": Part("Bad files", (f"{HERE}/test_files.py",)),
    "doors": Part("Tokens, headers, redirects, CSRF, rates", (f"{HERE}/test_doors.py",)),
    "pages": Part("Bad forms and the back office", (f"{HERE}/test_pages.py",)),
    "text": Part("Stored text", (f"{HERE}/test_stored_text.py",)),
    "matrix": Part("The access matrix", (f"{HERE}/test_matrix.py", "tests/journeys/test_access.py", "tests/journeys/test_page_access.py")),
    "machine": Part("Any call after any other", (f"{HERE}/test_machine.py",)),
    "calls": Part("Calls generated from the document", ("tests/journeys/test_generated_calls.py", f"{HERE}/test_linked_calls.py")),
}


@dataclass(frozen=True)
class Done:
    """`sent` counts probes and generated calls where a part counts them, else its cases."""

    cases: int
    failed: int
    sent: int
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--whole", action="store_true", help="the whole proof instead of what CI runs")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part (may be given more than once)")
    asked = parser.parse_args()
    table, holds = prove(only=asked.only or [], is_whole=asked.whole)
    print(f"\n{table}")
    return 0 if holds else 1


def prove(*, only: Sequence[str] = (), is_whole: bool = True) -> tuple[str, bool]:
    """A table of what was tried, and whether nothing failed."""
    names, results = list(only) or list(PARTS), {}
    for number, name in enumerate(names):
        _progress(number, len(names), PARTS[name].title)
        results[name] = _run(PARTS[name], {**os.environ, **EVERY_INPUT, **(WHOLE if is_whole else {})})
    _progress(len(names), len(names), "done")
    lines = ["| what is tried | cases | sent | failed | minutes |", "|---|--:|--:|--:|--:|"]
    for name, done in results.items():
        lines.append(f"| {PARTS[name].title} | {done.cases:,} | {done.sent:,} | {done.failed:,} | {done.seconds / 60:.1f} |")
    total = [sum(getattr(done, field) for done in results.values()) for field in ("cases", "sent", "failed", "seconds")]
    lines.append(f"| **together** | **{total[0]:,}** | **{total[1]:,}** | **{total[2]:,}** | **{total[3] / 60:.1f}** |")
    return "\n".join(lines), bool(total[0] and not total[2])


def _run(part: Part, environment: dict[str, str]) -> Done:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={report}",
            *part.files,
        ]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode not in {0, 1} or not report.exists():
            print(run.stdout[-3000:], run.stderr[-3000:], file=sys.stderr)
            return Done(0, 1, 0, time.monotonic() - begun)
        if run.returncode:
            print(run.stdout[-6000:], file=sys.stderr)
        return _read(report, time.monotonic() - begun)


def _read(report: Path, seconds: float) -> Done:
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314
    counted = [int(each.get("value", "0")) for case in cases for each in case.iter("property") if each.get("name") in {"probes", "calls"}]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    return Done(len(cases), failed, sum(counted) or len(cases), seconds)


def _progress(done: int, of: int, what: str) -> None:
    bar = "#" * round(30 * done / of)
    end = "\r" if sys.stderr.isatty() and done < of else "\n"
    print(f"[{bar:<30}] {done}/{of} {what:<45}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
