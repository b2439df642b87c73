"""Public lists asked for over very many connections at once, through nginx and the whole stack behind it.

    python -m tests.load.connections [--connections 1000] [--seconds 10] [--rounds 3]

Needs wrk, which counts for every answer how long it took. The URLs take turns, round after round.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.load.measuring import Bar, table
from tests.stack.stack import Stack

# wrk tells p50, p75, p90 and p99 by itself.
SCRIPT = """
local paths = {%s}
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[1 + number %% #paths])
end
done = function(summary, latency, requests)
  for _, level in ipairs({50, 95, 99}) do
    io.write(string.format("at %%d %%f\\n", level, latency:percentile(level) / 1000))
  end
  io.write(string.format("at 100 %%f\\n", latency.max / 1000))
  local e = summary.errors
  io.write(string.format("asked %%d in %%f\\nerrors connect %%d read %%d write %%d status %%d timeout %%d\\n",
    summary.requests, summary.duration / 1000000, e.connect, e.read, e.write, e.status, e.timeout))
end
"""
CASES = {
    "the first page": ["/api/products"],
    "ten pages": [f"/api/products?page={page}" for page in range(1, 11)],
    "a search": ["/api/products?search=cola"],
    "in stock, by price": ["/api/products?in_stock=true&sort=price"],
    "all of them in turn": [
        "/api/products", "/api/products?search=cola", "/api/products?sort=name", "/api/products?page=2", "/api/categories", "/api/brands"
    ],
}  # fmt: skip


@dataclass
class Seen:
    """Latencies in milliseconds by percentile; `errors` in wrk's words, empty when there was none."""

    rate: float
    at: dict[int, float]
    errors: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.connections", description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=10, help="for each URL in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--webs", type=int, default=2)
    options = parser.parse_args()
    allow_open_files(options.connections * 4)
    seen: dict[str, list[Seen]] = {name: [] for name in CASES}
    with Stack(webs=options.webs) as stack, tempfile.TemporaryDirectory() as folder:
        stack.given(shops=1, products=options.products)
        bar = Bar(f"{options.connections:,} connections", options.rounds * len(CASES))
        for number in range(options.rounds):
            for place, (name, paths) in enumerate(CASES.items()):
                bar.show(number * len(CASES) + place, name)
                seen[name].append(asked(stack.url, paths, options.connections, options.seconds, Path(folder) / "ask.lua"))
        bar.show(bar.whole)
        bar.end()
    rows = []
    for name, rounds in seen.items():
        middle = {level: statistics.median(found.at[level] for found in rounds) for level in (50, 95, 99, 100)}
        wrong = "; ".join(sorted({found.errors for found in rounds if found.errors})) or "none"
        rates = [found.rate for found in rounds]
        rows.append([name, f"{statistics.median(rates):,.0f}", *(f"{milliseconds:,.0f}" for milliseconds in middle.values()), wrong])
    print(f"{options.connections:,} connections, {options.rounds} rounds of {options.seconds} s for each; medians of the rounds\n")
    print(table(["", "a second", "p50 ms", "p95 ms", "p99 ms", "longest ms", "errors"], rows))


def asked(url: str, paths: list[str], connections: int, seconds: int, script: Path) -> Seen:
    """One run of wrk, after a second in which the pages are built and the connections opened."""
    script.write_text(SCRIPT % ", ".join(f'"{path}"' for path in paths))
    _wrk(url, min(connections, 50), 1, script)
    said = _wrk(url, connections, seconds, script)
    at = {int(level): float(milliseconds) for level, milliseconds in re.findall(r"^at (\d+) ([\d.]+)$", said, re.M)}
    count, duration = re.search(r"^asked (\d+) in ([\d.]+)$", said, re.M).groups()  # type: ignore[union-attr]
    errors = dict(re.findall(r"(connect|read|write|status|timeout) (\d+)", said[said.index("errors ") :]))
    return Seen(int(count) / float(duration), at, ", ".join(f"{number} {kind}" for kind, number in errors.items() if int(number)))


def _wrk(url: str, connections: int, seconds: int, script: Path) -> str:
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout=10s", "--latency", "-s", str(script), url]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout


def allow_open_files(number: int) -> None:
    """For this process and those it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = number if hard == resource.RLIM_INFINITY else min(number, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


if __name__ == "__main__":
    main()
