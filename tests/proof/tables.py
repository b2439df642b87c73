"""What a proof shows while it runs, and what it leaves: a bar, a Markdown table, a page whose table is written anew."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

WIDTH = 30
SECONDS_BETWEEN_LINES = 30.0  # where nobody sees a bar move


class Bar:
    """How far one piece of work is. On a terminal it moves; elsewhere a line comes now and then."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self._shown = time.monotonic()
        self._moves = sys.stdout.isatty()
        self._show()

    def tick(self) -> None:
        self.done += 1
        if self._moves or time.monotonic() - self._shown >= SECONDS_BETWEEN_LINES:
            self._show()

    def end(self, words: str) -> None:
        self._show(f"  {words}\n")

    def _show(self, end: str = "") -> None:
        self._shown = time.monotonic()
        filled = min(WIDTH, WIDTH * self.done // max(1, self.total))
        text = f"{self.label:<44} [{'#' * filled}{'.' * (WIDTH - filled)}] {self.done}/{self.total}"
        print(f"\r{text}{end}" if self._moves else text + (end or "\n"), end="", flush=True)


def markdown(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; a cell never breaks it."""
    lines = [list(headings), ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines) + "\n"


def put_between(page: Path, part: str, text: str) -> None:
    """Replace what stands between `<!-- PART begins -->` and `<!-- PART ends -->` in the page. Raises ValueError without them."""
    begins, ends = f"<!-- {part} begins -->", f"<!-- {part} ends -->"
    before, found, rest = page.read_text().partition(begins)
    _, also_found, after = rest.partition(ends)
    if not (found and also_found):
        raise ValueError(f"{page} has no place for {part}")
    page.write_text(f"{before}{begins}\n\n{text.strip()}\n\n{ends}{after}")
