"""How many transactions of the database the stored lists save, while orders are placed and prices change, and that none is stale.

    python -m tests.load.cache_savings [--requests 10000] [--rounds 2] [--orders-every 50] [--prices-every 1000]

10,000 requests for 500 lists, the n-th of them asked for as often as 1/n says (Zipf 1.0): of the application as it is, from an empty
cache, then of one that stores nothing, and so on in turn, all through nginx. Orders and price changes come after so many requests, so that
both have the same. Told is what PostgreSQL itself counted (`pg_stat_database`), less what the same orders and price changes cost alone.
A price that is shown longer than five seconds after the answer to its change is stale, and an error.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import itertools
import json
import random
import statistics
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import redis

from tests.load.measuring import Answer, Bar, Client, Times, milliseconds, table
from tests.stack import front
from tests.stack.parts import Part, dev
from tests.stack.stack import Stack

URLS, CHANGED = 500, 20
ALLOWED = 5.0  # seconds for which a list may lag (docs: the HTTP API, Catalogue)
# PostgreSQL's backends tell what they counted once they have been idle for ten seconds; nginx's store is empty by then, too.
QUIET = 12.0
WAYS = ("stored", "nothing stored")


@dataclass
class Prices:
    """What each watched product costs, and since when each former price is over: from the answer to its change on."""

    now: dict[str, str]
    over: dict[tuple[str, str], float] = field(default_factory=dict)
    oldest: float = 0.0
    stale: list[str] = field(default_factory=list)

    def change(self, product: str, price: str) -> str:
        """The price before, which is right until the change is answered and right again from when it is asked for once more."""
        before, self.now[product] = self.now[product], price
        self.over.pop((product, price), None)
        return before

    def look(self, answer: Answer, sent: float) -> None:
        """Judge a list that was asked for at `sent`."""
        for row in answer.json()["results"]:
            over = self.over.get((row["id"], row["price"]))
            if over is not None and sent > over:
                self.oldest = max(self.oldest, sent - over)
                if sent - over > ALLOWED:
                    self.stale.append(f"{row['id']} at {row['price']}, {sent - over:.2f} s after its change was answered")


@dataclass
class Run:
    commits: int = 0
    seconds: float = 0.0
    times: Times = field(default_factory=Times)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.cache_savings", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--products", type=int, default=12_948)
    parser.add_argument("--orders-every", type=int, default=50, help="requests")
    parser.add_argument("--prices-every", type=int, default=1000, help="requests")
    options = parser.parse_args()
    with Stack(webs=1, replica=False, beat=False) as stack:
        stack.python("tests/load/warehouse.py", str(options.products), "--fill")
        given = stack.given(shops=4, products=CHANGED)
        urls = {"stored": stack.url, "nothing stored": start_uncached(stack)}
        lists, runs = _lists(stack), {name: [] for name in (*WAYS, "writes alone")}
        prices = asyncio.run(_prices(stack.url, given))
        for _ in range(options.rounds):
            for name in runs:
                run = asyncio.run(_measure(stack, name, urls, lists, given, prices, options))
                runs[name].append(run)
    _tell(runs, prices, options)
    if prices.stale or any(run.times.wrong for ran in runs.values() for run in ran):
        raise SystemExit(1)


def start_uncached(stack: Stack) -> str:
    """The address of an nginx before a server that stores nothing."""
    port, listen = dev.free_port(), dev.free_port()
    command = [
        sys.executable,
        "-m",
        "aqad.serve",
        "tests.load.uncached:application",
        f"--port={port}",
        "--workers=2",
        "--threads=8",
        "--drain=0",
    ]
    Part(stack.crew, "uncached", command, env=stack.env, is_ready=lambda: dev.answers(port)).start()
    home, state = stack.folder / "nginx-uncached", Path(stack.env["AQAD_STATE_DIR"])
    written = front.write(home, listen=f"127.0.0.1:{listen}", servers=[f"server 127.0.0.1:{port};"], static=state, media=state)
    Part(stack.crew, "nginx-uncached", written, is_ready=lambda: dev.connects(listen)).start()
    return f"http://127.0.0.1:{listen}"


def _lists(stack: Stack) -> list[str]:
    """The lists that are asked for, the most wanted first: the newest, categories, brands, searches, pages of each order."""
    with psycopg.connect(stack.conninfo("primary")) as connection:
        words = [word for (word,) in connection.execute("SELECT word FROM catalog_searchword WHERE length(word) > 4 ORDER BY word")]
        categories = [slug for (slug,) in connection.execute("SELECT slug FROM catalog_category ORDER BY id")]
        brands = [slug for (slug,) in connection.execute("SELECT slug FROM catalog_brand ORDER BY id")]
    found: list[dict[str, Any]] = [{"page": page, "sort": sort} for sort in ("price", "-price", "name") for page in range(1, 31)]
    found += [{"category": slug} for slug in categories[:150]] + [{"brand": slug} for slug in brands[:100]]
    chance = random.Random(24)
    found += [{"search": word} for word in chance.sample(words, min(len(words), URLS))]
    found = found[: URLS - 5]
    chance.shuffle(found)
    first: list[dict[str, Any]] = [{}, {"page": 2}, {"in_stock": "true"}, {"search": "cola"}, {"sort": "newest", "limit": 50}]
    return [f"/api/products?{urlencode(query)}".rstrip("?") for query in first + found]


async def _prices(url: str, given: dict[str, Any]) -> Prices:
    client = Client(url)
    return Prices({product: (await client.get(f"/api/products/{product}")).json()["price"] for product in given["products"]})


async def _measure(
    stack: Stack, name: str, urls: dict[str, str], lists: list[str], given: dict[str, Any], prices: Prices, options: argparse.Namespace
) -> Run:
    """One run from an empty cache; `writes alone` asks for no list."""
    url, with_reads = urls.get(name, stack.url), name in urls
    await asyncio.sleep(QUIET)
    redis.Redis.from_url(stack.cache.url).flushall()
    tokens = _tokens(stack, given)
    before, started = _commits(stack), time.monotonic()
    run, numbers, bar = Run(), itertools.count(1), Bar(f"{name:<15}", options.requests)
    chance = random.Random(24)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(lists) + 1)))
    writing: set[asyncio.Task[None]] = set()
    writer = Writer(url, given, tokens, prices, run.times)

    async def ask() -> None:
        client = Client(url)
        while (number := next(numbers)) <= options.requests:
            if number % options.orders_every == 0:
                writing.add(asyncio.create_task(writer.order()))
            if number % options.prices_every == 0:
                writing.add(asyncio.create_task(writer.change_price()))
            if with_reads:
                sent = time.monotonic()
                answer = await client.get(lists[bisect.bisect(weights, chance.random() * weights[-1])])
                if run.times.note("lists", answer).status == 200:
                    prices.look(answer, sent)
            else:
                while writing:  # one after the other, since nothing else takes time
                    await writing.pop()
            bar.show(number)
        client.close()

    await asyncio.gather(*(ask() for _ in range(options.connections)))
    await asyncio.gather(*writing)
    bar.end()
    run.seconds = time.monotonic() - started
    await asyncio.sleep(QUIET)
    run.commits = _commits(stack) - before
    return run


def _tokens(stack: Stack, given: dict[str, Any]) -> list[str]:
    """The vendor's and the shops', made anew for each run, since they live fifteen minutes."""
    mark = given["mark"]
    emails = [f"vendor-{mark}@stack.test", *(f"shop-{mark}-{number}@stack.test" for number in range(len(given["shops"])))]
    return [person["token"] for person in json.loads(stack.python("-m", "tests.load.signing_in", *emails))]


class Writer:
    """The vendor whose prices change, and shops that order."""

    def __init__(self, url: str, given: dict[str, Any], tokens: list[str], prices: Prices, times: Times) -> None:
        self.url, self.given, self.prices, self.times = url, given, prices, times
        self.vendor, *self.shops = tokens
        self.lock = asyncio.Lock()

    async def order(self) -> None:
        number = random.randrange(len(self.shops))
        body = {
            "items": [{"product": random.choice(self.given["products"]), "quantity": 1}],
            "address": self.given["shops"][number]["address"],
            "payment_method": "cash_on_delivery",
        }
        await self._ask("orders", "POST", "/api/orders", self.shops[number], body)

    async def change_price(self) -> None:
        """One after the other, so that a product's prices follow each other as they were asked for."""
        async with self.lock:
            product = random.choice(self.given["products"])
            price = f"{random.randint(2000, 9999) / 100:.2f}"
            before = self.prices.change(product, price)
            answer = await self._ask("price changes", "PATCH", f"/api/products/{product}", self.vendor, {"price": price})
            if answer.status == 200 and before != price:
                self.prices.over[product, before] = time.monotonic()

    async def _ask(self, name: str, method: str, path: str, token: str, body: dict[str, Any]) -> Answer:
        client = Client(self.url, headers={"Authorization": f"Bearer {token}"})
        answer = await client.ask(method, path, body, headers={"Idempotency-Key": uuid.uuid4().hex})
        client.close()
        return self.times.note(name, answer)


def _commits(stack: Stack) -> int:
    return int(stack.sql("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"))


def _tell(runs: dict[str, list[Run]], prices: Prices, options: argparse.Namespace) -> None:
    print(f"{options.requests:,} requests for {URLS} lists over {options.connections} connections, Zipf 1.0, from an empty cache\n")
    rows = []
    for name, ran in runs.items():
        lists = [second for run in ran for second in run.times.all(["lists"])]
        commits = ", ".join(f"{run.commits:,}" for run in ran)
        asked = [f"{sum(len(run.times.all([what])) for run in ran):,}" for what in ("lists", "orders", "price changes")]
        rows.append([name, *asked, f"{sum(run.seconds for run in ran):,.0f}", commits, *milliseconds(lists)])
    print(table(["", "lists", "orders", "price changes", "s", "transactions", "p50 ms", "p95 ms", "p99 ms", "longest ms"], rows))
    alone = statistics.median(run.commits for run in runs["writes alone"])
    saved = [
        1 - max(0.0, stored.commits - alone) / max(1.0, bare.commits - alone)
        for stored, bare in zip(runs["stored"], runs["nothing stored"], strict=True)
    ]
    told = ", ".join(f"{share:.1%}" for share in saved)
    whole = ", ".join(f"{1 - a.commits / b.commits:.1%}" for a, b in zip(runs["stored"], runs["nothing stored"], strict=True))
    print(f"\nSaved of the lists' transactions: {statistics.median(saved):.1%} (by round: {told}); of all, the writes' included: {whole}")
    print(f"Stale prices: {len(prices.stale)}; the oldest price shown was {prices.oldest:.2f} s past its change, {ALLOWED:.0f} are allowed")
    for words in prices.stale[:10]:
        print(f"  {words}")
    wrong = {what: number for ran in runs.values() for run in ran for what, number in run.times.wrong.items()}
    print(f"Errors: {wrong or 'none'}")


if __name__ == "__main__":
    main()
