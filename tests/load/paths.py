"""The paths that carry the load, each beside something known, measured in one run in turns: A B A B.

    python -m tests.load.paths [--products 100000] [--rounds 5] [--seconds 4] [--only order]

The product lists stored, built anew, and built anew between two prices that nobody asked for before (these are stored, too, so it
costs that as well), beside a bare Django view on the same server and beside django-oscar's leanest list; placing an order
of three lines beside PostgreSQL alone (one statement an order, by pgbench) and beside the Express tutorial's order; one product that
everybody wants beside all products alike. The same PostgreSQL, two processes of eight threads each. Needs wrk, pgbench, nginx and node.

Workers are not among the two cores' load unless `--worker` starts one; what is to be told waits in the outbox meanwhile.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.load import peers
from tests.load.servers import wrk
from tests.load.warehouse import VENDORS, environment, own_copy, stocked
from tests.stack import front
from tests.stack.parts import ROOT, Part, dev

LISTS, ORDERS = 32, 16  # connections
LIST = "/api/products"
# Every request asks for something else, so that none was stored before.
BETWEEN_PRICES = """
math.randomseed(os.time() + %d)
request = function()
  return wrk.format("GET", "/api/products?min_price=0." .. string.format("%%02d", math.random(1, 5)) .. "&max_price="
    .. math.random(600000, 999999) .. "." .. string.format("%%02d", math.random(0, 99)))
end
"""
# Three products of one vendor: the warehouse deals them to the vendors in turn, and every seventh has no stock.
SHOPPING = """
local tokens, addresses = {%s}, {%s}
local first, count, vendors, lines, hot = 1001, %d, %d, %d, %s
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end
function init()
  math.randomseed(os.time() * 10 + number)
end
local function one_of(vendor, taken)
  while true do
    local id = first + vendor + vendors * math.random(0, math.floor(count / vendors) - 1)
    if id %% 7 ~= 0 and not taken[id] then
      taken[id] = true
      return id
    end
  end
end
request = function()
  local who, vendor, taken, items = math.random(#tokens), math.random(0, vendors - 1), {}, {}
  for line = 1, lines do
    items[line] = '{"product":"P' .. (hot or one_of(vendor, taken)) .. '","quantity":1}'
  end
  local body = '{"items":[' .. table.concat(items, ",") .. '],"address":' .. addresses[who] .. ',"payment_method":"cash_on_delivery"}'
  return wrk.format("POST", "/api/orders", {["Authorization"] = "Bearer " .. tokens[who], ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = string.format("%%d-%%08x%%08x", number, math.random(0, 2147483646), math.random(0, 2147483646))}, body)
end
"""


@dataclass
class Pair:
    """What is measured, beside what, and how many times the second the first is to reach."""

    name: str
    ours: Callable[[], float]
    theirs: Callable[[], float]
    floor: float
    stretch: float


class Aqad:
    """A web server of AQAD's as production starts it, before a warehouse full of products, and nginx in front of it."""

    def __init__(self, crew: Any, folder: Path, database: str, products: int, *, worker: bool) -> None:
        self.products, port, listen = products, dev.free_port(), dev.free_port()
        self.env = environment(
            DATABASE_URL=database,
            REDIS_URL="redis://127.0.0.1:6379/5",
            CELERY_BROKER_URL="redis://127.0.0.1:6379/6",
            AQAD_STATE_DIR=str(folder),
            ALLOWED_HOSTS="127.0.0.1",
            AQAD_DEMO_PASSWORD="Demo-Carton-24",
        )
        for number in (5, 6):
            subprocess.run(["redis-cli", "-n", str(number), "FLUSHDB"], check=True, capture_output=True)
        self.url, self.front = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{listen}"
        serve = [sys.executable, "-m", "aqad.serve", f"--port={port}", "--workers=2", "--threads=8", "--drain=0"]
        Part(crew, "aqad", serve, env=self.env, is_ready=lambda: dev.answers(port)).start()
        written = front.write(
            folder / "nginx", listen=f"127.0.0.1:{listen}", servers=[f"server 127.0.0.1:{port};"], static=folder, media=folder
        )
        Part(crew, "nginx", written, is_ready=lambda: dev.connects(listen)).start()
        if worker:
            celery = [sys.executable, "-m", "celery", "-A", "aqad", "worker", "-c1", "-Q", "default,notifications,payments,imports"]
            Part(crew, "worker", celery, env=self.env, is_ready=lambda: True).start()

    @contextmanager
    def shoppers(self, *, lines: int, hot: bool = False) -> Iterator[str]:
        """The path of what wrk is to send: orders by 64 shops, whose tokens are new."""
        made = subprocess.run(
            [sys.executable, "-m", "tests.stack.given", json.dumps({"shops": 64, "on_hand": 100_000_000})],
            cwd=ROOT, env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        given = json.loads(made.stdout)
        tokens = ", ".join(f'"{shop["token"]}"' for shop in given["shops"])
        addresses = ", ".join(str(shop["address"]) for shop in given["shops"])
        wanted = given["products"][0].removeprefix("P") if hot else "nil"
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(SHOPPING % (tokens, addresses, self.products, VENDORS, lines, wanted))
            script.flush()
            yield script.name

    def find_violations(self) -> str:
        checked = subprocess.run(
            [sys.executable, "manage.py", "check_invariants"], cwd=ROOT, env=self.env, check=False, capture_output=True, text=True
        )
        return checked.stdout + checked.stderr if checked.returncode else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.paths", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", default="", help="the pairs whose names hold this")
    parser.add_argument("--worker", action="store_true", help="let a worker tell everybody meanwhile, on the same two cores")
    options = parser.parse_args()
    if not any(options.only in name for name in PAIRS):
        parser.error(f"--only: no pair's name holds {options.only!r}; there are {', '.join(PAIRS)}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aqad-paths-", dir="/tmp")))
        folder.chmod(0o711)
        dev.STATE, dev.LOGS = folder, folder / "logs"
        dev.LOGS.mkdir()
        database = stack.enter_context(own_copy(stocked(options.products)))
        crew = dev.Crew()
        stack.callback(crew.end)
        aqad = Aqad(crew, folder, database, options.products, worker=options.worker)
        print(f"| | A, a second | B, a second | A / B | floor | stretch | ratios of the rounds |\n{'|---' * 7}|")
        for name, make in PAIRS.items():
            if options.only in name:
                with ExitStack() as own:
                    measure(make(own, aqad, crew, options.seconds), rounds=options.rounds)
        violations = aqad.find_violations()
    print(violations or "\nEvery invariant holds afterwards.")
    sys.exit(bool(violations))


def measure(pair: Pair, *, rounds: int) -> None:
    seen: list[tuple[float, float]] = []
    pair.ours(), pair.theirs()  # to be warm; not counted
    for number in range(rounds):
        _say(f"{pair.name}: round {number + 1} of {rounds}")
        seen.append((pair.ours(), pair.theirs()))
    _say("")
    ratios = [ours / theirs for ours, theirs in seen]
    middle, (ours, theirs) = statistics.median(ratios), (statistics.median(side) for side in zip(*seen, strict=True))
    spread = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"| {pair.name} | {ours:,.0f} | {theirs:,.0f} | **{middle:.2f}** | {pair.floor} | {pair.stretch} | {spread} |", flush=True)


def _say(text: str) -> None:
    print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _bare(crew: Any, **env: str) -> str:
    port = dev.free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
        *("--workers", "2", "--blocking-threads", "8", "--backlog", "2048", "tests.load.bare:application"),
    ]
    Part(crew, f"bare-{port}", command, env={**dev.clean_environment(), **env}, is_ready=lambda: dev.answers(port)).start()
    return f"http://127.0.0.1:{port}/"


def _uncached(aqad: Aqad, crew: Any, application: str = "tests.load.uncached:application") -> str:
    """AQAD's own server as production starts it, if nothing of a list were stored."""
    port = dev.free_port()
    serve = [*(sys.executable, "-m", "aqad.serve", application), f"--port={port}", "--workers=2", "--threads=8", "--drain=0"]
    Part(crew, f"uncached-{port}", serve, env=aqad.env, is_ready=lambda: dev.answers(port)).start()
    return f"http://127.0.0.1:{port}{LIST}"


def _script(own: ExitStack, text: str) -> str:
    written = Path(own.enter_context(tempfile.TemporaryDirectory())) / "asked.lua"
    written.write_text(text)
    return str(written)


def stored_through_nginx(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    bare = _bare(crew)
    ours, theirs = lambda: wrk(aqad.front + LIST, "", seconds, LISTS), lambda: wrk(bare, "", seconds, LISTS)
    return Pair("stored list, whole stack / bare Django view", ours, theirs, 0.40, 1.0)


def stored_straight(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    bare = _bare(crew)
    ours, theirs = lambda: wrk(aqad.url + LIST, "", seconds, LISTS), lambda: wrk(bare, "", seconds, LISTS)
    return Pair("stored list, without nginx / bare Django view", ours, theirs, 0.40, 1.0)


def unstored(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    bare, uncached = _bare(crew), _uncached(aqad, crew)
    ours, theirs = lambda: wrk(uncached, "", seconds, LISTS), lambda: wrk(bare, "", seconds, LISTS)
    return Pair("list of 20 built anew / bare Django view", ours, theirs, 0.08, 0.15)


def view_alone(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    """The list's view with nothing around it, as the ways of making a list were compared that the goals rest on."""
    bare, alone = _bare(crew), _uncached(aqad, crew, "tests.load.alone:application")
    ours, theirs = lambda: wrk(alone, "", seconds, LISTS), lambda: wrk(bare, "", seconds, LISTS)
    return Pair("list of 20, its view alone / bare Django view", ours, theirs, 0.08, 0.15)


def between_prices(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    bare, script = _bare(crew), _script(own, BETWEEN_PRICES % 1)
    ours, theirs = lambda: wrk(aqad.url, script, seconds, LISTS), lambda: wrk(bare, "", seconds, LISTS)
    return Pair("list of 20 between new prices / bare Django view", ours, theirs, 0.08, 0.15)


def stored_beside_oscar(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    oscar = own.enter_context(peers.serving_oscar(aqad.products)) + peers.OSCAR_LIST
    ours, theirs = lambda: wrk(aqad.front + LIST, "", seconds, LISTS), lambda: wrk(oscar, "", seconds, LISTS)
    return Pair("stored list, whole stack / django-oscar's list", ours, theirs, 25, 50)


def unstored_beside_oscar(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    oscar = own.enter_context(peers.serving_oscar(aqad.products)) + peers.OSCAR_LIST
    uncached = _uncached(aqad, crew)
    ours, theirs = lambda: wrk(uncached, "", seconds, LISTS), lambda: wrk(oscar, "", seconds, LISTS)
    return Pair("list of 20 built anew / django-oscar's leanest list", ours, theirs, 4, 6)


def between_prices_beside_oscar(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    oscar = own.enter_context(peers.serving_oscar(aqad.products)) + peers.OSCAR_LIST
    script = _script(own, BETWEEN_PRICES % 2)
    ours, theirs = lambda: wrk(aqad.url, script, seconds, LISTS), lambda: wrk(oscar, "", seconds, LISTS)
    return Pair("list of 20 between new prices / django-oscar's leanest list", ours, theirs, 4, 6)


def order_beside_pgbench(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    """Both with statements that are planned once per connection, as AQAD's are."""
    script = own.enter_context(aqad.shoppers(lines=3))
    place = partial(peers.pgbench_orders, seconds, ORDERS, products=aqad.products, protocol="prepared")
    ours, theirs = lambda: wrk(aqad.url, script, seconds, ORDERS), place
    return Pair("order of 3 lines / one statement by pgbench", ours, theirs, 0.12, 0.25)


def order_beside_express(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    script = own.enter_context(aqad.shoppers(lines=3))
    express = own.enter_context(peers.serving_express(aqad.products)) + peers.EXPRESS_ORDERS
    theirs_script = own.enter_context(peers.express_script(aqad.products))
    ours, theirs = lambda: wrk(aqad.url, script, seconds, ORDERS), lambda: wrk(express, theirs_script, seconds, ORDERS)
    return Pair("order of 3 lines / Express tutorial's", ours, theirs, 1, 1.5)


def least_beside_express(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    """What Django could reach at most: a bare view that sends pgbench's statement. Not AQAD, and no goal: the measure of the pair above."""
    bare = _bare(crew, DATABASE_URL=peers.pgbench_database(aqad.products)) + "orders"
    express = own.enter_context(peers.serving_express(aqad.products)) + peers.EXPRESS_ORDERS
    script = own.enter_context(peers.express_script(aqad.products))
    ours, theirs = lambda: wrk(bare, script, seconds, ORDERS), lambda: wrk(express, script, seconds, ORDERS)
    return Pair("(one statement by a bare Django view / Express tutorial's order)", ours, theirs, 0, 0)


def hot_beside_uniform(own: ExitStack, aqad: Aqad, crew: Any, seconds: int) -> Pair:
    hot, uniform = own.enter_context(aqad.shoppers(lines=1, hot=True)), own.enter_context(aqad.shoppers(lines=1))
    ours, theirs = lambda: wrk(aqad.url, hot, seconds, ORDERS), lambda: wrk(aqad.url, uniform, seconds, ORDERS)
    return Pair("order of one hot product / of any product", ours, theirs, 0.25, 0.33)


PAIRS: dict[str, Callable[[ExitStack, Aqad, Any, int], Pair]] = {
    "stored list through nginx": stored_through_nginx,
    "stored list straight": stored_straight,
    "list built anew": unstored,
    "view of the list alone": view_alone,
    "list between prices": between_prices,
    "stored list beside oscar": stored_beside_oscar,
    "list built anew beside oscar": unstored_beside_oscar,
    "list between prices beside oscar": between_prices_beside_oscar,
    "order beside pgbench": order_beside_pgbench,
    "order beside express": order_beside_express,
    "one statement by Django beside express": least_beside_express,
    "order of a hot product": hot_beside_uniform,
}


if __name__ == "__main__":
    main()
