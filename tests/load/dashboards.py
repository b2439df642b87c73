"""First pages, summaries and order lists of vendors and shops where there are very many orders.

    python -m tests.load.dashboards [--orders 1000000] [--connections 32] [--seconds 10] [--pause 0]

The first call makes the database (trade.py: about two minutes for a million), later ones find it. Those who ask are the ten largest
companies and forty others, in turn. Without a pause every connection asks again at once, so that what is told is the time behind a full
queue; with `--pause SECONDS` each waits so long on average, as people do.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.load import trade
from tests.load.measuring import Bar, Client, Times, show_time, told
from tests.stack.stack import Stack

LARGEST, OTHERS = 10, 40
# By role: name, path, and whether it is a page (for a session) or the API's (for a token).
CASES = {
    "vendor": [
        ("vendor: first page", "/dashboard", True),
        ("vendor: queue", "/orders/queue", True),
        ("vendor: orders", "/orders", True),
        ("vendor: orders, returned", "/orders?status=returned", True),
        ("vendor: API summary", "/api/vendor/summary", False),
        ("vendor: API orders", "/api/orders", False),
        ("vendor: API orders, page 10", "/api/orders?status=completed&page=10", False),
    ],
    "retailer": [
        ("shop: first page", "/dashboard", True),
        ("shop: orders", "/orders", True),
        ("shop: orders, cancelled", "/orders?status=cancelled", True),
        ("shop: API summary", "/api/retailer/summary", False),
        ("shop: API orders", "/api/orders", False),
    ],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.dashboards", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10, help="for each of the pages")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds, on average, before a connection asks again")
    options = parser.parse_args()
    database = trade.traded(options.orders)
    with Stack(webs=1, workers=0, replica=False, beat=False, env={"DATABASE_URL": database, "LOG_LEVEL": "ERROR"}) as stack:
        times = Times()
        for role, cases in CASES.items():
            people = json.loads(stack.python("-m", "tests.load.signing_in", *_emails(database, role)))
            for name, path, is_page in cases:
                asyncio.run(_measure(times, stack.url, name, path, _headers(people, is_page=is_page), options))
    print(f"{options.orders:,} orders, {options.connections} connections, {options.seconds:.0f} s each, {options.pause:g} s between two\n")
    print(told(times, options.seconds, list(times.seconds)))
    print(f"\nErrors: {dict(times.wrong) or 'none'}")
    if times.wrong:
        raise SystemExit(1)


def _emails(database: str, role: str) -> list[str]:
    """The largest first, then others by chance, but the same ones each time."""
    column, prefix = ("vendor_id", "v") if role == "vendor" else ("retailer_id", "r")
    with psycopg.connect(database) as connection:
        counted = connection.execute(f"SELECT {column} FROM orders_order GROUP BY 1 ORDER BY count(*) DESC, 1")  # type: ignore[arg-type]  # noqa: S608
        numbers = [number for (number,) in counted]
    others = random.Random(24).sample(numbers[LARGEST:], min(OTHERS, len(numbers) - LARGEST))
    return [f"{prefix}{number}@load.test" for number in (*numbers[:LARGEST], *others)]


def _headers(people: list[dict[str, Any]], *, is_page: bool) -> Iterator[dict[str, str]]:
    given = [
        {"Cookie": f"sessionid={person['session']}"} if is_page else {"Authorization": f"Bearer {person['token']}"} for person in people
    ]
    return itertools.cycle(given)


async def _measure(times: Times, url: str, name: str, path: str, people: Iterator[dict[str, str]], options: argparse.Namespace) -> None:
    until = time.monotonic() + options.seconds

    async def ask() -> None:
        client = Client(url)
        while time.monotonic() < until:
            if options.pause:
                await asyncio.sleep(random.expovariate(1 / options.pause))
            answer = await client.get(path, **next(people))
            times.note(name, answer)
            if answer.status in {301, 302}:
                times.wrong[f"{name}: sent to {answer.headers.get('location')}"] += 1
        client.close()

    await asyncio.gather(show_time(Bar(f"{name:<28}", options.seconds), options.seconds), *(ask() for _ in range(options.connections)))


if __name__ == "__main__":
    main()
