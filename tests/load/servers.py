"""granian beside gunicorn on the real stack: requests a second of each, in turn, and the median of the ratios of neighbours.

    pip install --target FOLDER gunicorn
    python -m tests.load.servers --gunicorn FOLDER [--rounds 3] [--seconds 4]

Needs wrk. Both run two processes of eight threads; the database, Redis and nginx are the same.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stack import front
from tests.stack.parts import Part, dev
from tests.stack.stack import Stack

ORDERS = """
local tokens, addresses, products = {%s}, {%s}, {%s}
math.randomseed(os.time())
request = function()
  local who = math.random(#tokens)
  local body = '{"items":[{"product":"' .. products[math.random(#products)] .. '","quantity":1}],"address":' .. addresses[who]
    .. ',"payment_method":"cash_on_delivery"}'
  return wrk.format("POST", "/api/orders", {["Authorization"]="Bearer " .. tokens[who], ["Content-Type"]="application/json"}, body)
end
"""


@dataclass
class Case:
    name: str
    path: str
    through_nginx: bool
    script: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.servers", description=__doc__)
    parser.add_argument("--gunicorn", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    with Stack(webs=1, workers=0, replica=False, beat=False, env={"LOG_LEVEL": "ERROR"}) as stack, tempfile.TemporaryDirectory() as folder:
        places = {"granian": (stack.webs[0].url, stack.url), "gunicorn": start_gunicorn(stack, options.gunicorn)}
        given = stack.given(shops=8, products=40, on_hand=1_000_000)
        script = Path(folder) / "orders.lua"
        script.write_text(orders(given))
        print(f"{'':<34}{'granian':>10}{'gunicorn':>10}{'ratio':>8}   requests a second, medians; ratios of neighbours")
        for case in cases(given, str(script)):
            measure(case, places, rounds=options.rounds, seconds=options.seconds)


def cases(given: dict[str, Any], script: str) -> list[Case]:
    wanted = [("stored list", "/api/products", ""), ("product page", given["paths"][0], ""), ("order", "/api/orders", script)]
    return [Case(name, path, through, script) for name, path, script in wanted for through in (False, True)]


def measure(case: Case, places: dict[str, tuple[str, str]], *, rounds: int, seconds: int) -> None:
    """One server after the other, again and again, so that what else the machine does falls on both."""
    ask: Callable[[str], float] = lambda name: wrk(places[name][case.through_nginx] + case.path, case.script, seconds)  # noqa: E731
    seen: dict[str, list[float]] = {"granian": [], "gunicorn": []}
    for name in seen:
        ask(name)
    for _ in range(rounds):
        for name in seen:
            seen[name].append(ask(name))
    ratios = [ours / theirs for ours, theirs in zip(seen["granian"], seen["gunicorn"], strict=True)]
    label = f"{case.name}, {'through nginx' if case.through_nginx else 'straight'}"
    middle = {name: statistics.median(rates) for name, rates in seen.items()}
    print(f"{label:<34}{middle['granian']:>10,.0f}{middle['gunicorn']:>10,.0f}{statistics.median(ratios):>8.2f}   "
          f"{', '.join(f'{ratio:.2f}' for ratio in ratios)}", flush=True)  # fmt: skip


def wrk(url: str, script: str, seconds: int, connections: int = 32) -> float:
    """Requests a second. Raises RuntimeError when any was refused."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout=20s", *(["-s", script] if script else []), url]
    said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(found[1]) if found else 0.0


def orders(given: dict[str, Any]) -> str:
    tokens, addresses = [shop["token"] for shop in given["shops"]], [str(shop["address"]) for shop in given["shops"]]
    quoted = [", ".join(f'"{value}"' for value in values) for values in (tokens, addresses, given["products"])]
    return ORDERS % tuple(quoted)


def start_gunicorn(stack: Stack, folder: Path) -> tuple[str, str]:
    """Its address, and that of an nginx of its own before it."""
    port, listen = dev.free_port(), dev.free_port()
    options = ["--worker-class=gthread", "--workers=2", "--threads=8", "--keep-alive=30", f"--bind=127.0.0.1:{port}", "--log-level=error"]
    env = {**stack.env, "PYTHONPATH": str(folder.absolute())}
    command = [sys.executable, "-m", "gunicorn", *options, "aqad.wsgi:application"]
    Part(stack.crew, "gunicorn", command, env=env, is_ready=lambda: dev.answers(port)).start()
    home, state = stack.folder / "nginx-before-gunicorn", Path(stack.env["AQAD_STATE_DIR"])
    written = front.write(home, listen=f"127.0.0.1:{listen}", servers=[f"server 127.0.0.1:{port};"], static=state, media=state)
    Part(stack.crew, "nginx-before-gunicorn", written, is_ready=lambda: dev.connects(listen)).start()
    return f"http://127.0.0.1:{port}", f"http://127.0.0.1:{listen}"


if __name__ == "__main__":
    main()
