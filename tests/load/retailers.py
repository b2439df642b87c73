"""Shops that go about their trade: browse, search, look, fill the cart, order, pay, and think in between; on the whole stack.

    python -m tests.load.retailers [--retailers 1000] [--seconds 300] [--think 15]

Then the workers finish, and every invariant is asked. The shops' own work is done by this one process, on the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import time
import uuid
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.load.afterwards import judge
from tests.load.connections import allow_open_files
from tests.load.measuring import Answer, Bar, Client, Times, milliseconds, show_time, table, told
from tests.stack.stack import Stack

READS = ("browse", "search", "look at a product", "see the cart", "see an order", "list own orders")
# How the bank answers, out of a hundred payments; 402 and 202 are what these ask for.
TOKENS = ["tok_visa"] * 95 + ["tok_declined"] * 3 + ["tok_timeout"] * 2
LONGEST_THOUGHT = 10  # times the mean, as in TPC-W


@dataclass
class Goods:
    """What there is to look for: the first half of the words and products is asked for far more often than the rest."""

    products: list[str]
    words: list[str]
    categories: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.retailers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--retailers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--think", type=float, default=15.0, help="seconds between two requests of a shop, on average")
    parser.add_argument("--products", type=int, default=12_948)
    parser.add_argument("--webs", type=int, default=2)
    options = parser.parse_args()
    allow_open_files(options.retailers * 4)
    with Stack(webs=options.webs) as stack:
        stack.python("tests/load/warehouse.py", str(options.products), "--fill")
        shops = stack.given(shops=options.retailers, products=1)["shops"]
        times = Times()
        asyncio.run(_trade(times, stack.url, shops, _goods(stack), options))
        _tell(times, options)
        held = judge(stack)
    if times.wrong or not held:
        raise SystemExit(1)


def _goods(stack: Stack) -> Goods:
    with psycopg.connect(stack.conninfo("primary")) as connection:
        products = connection.execute("SELECT 'P' || product_id FROM catalog_stock WHERE on_hand > 0 ORDER BY product_id").fetchall()
        words = connection.execute("SELECT word FROM catalog_searchword WHERE length(word) BETWEEN 4 AND 12 ORDER BY word").fetchall()
        categories = connection.execute("SELECT slug FROM catalog_category ORDER BY id").fetchall()
    goods = Goods(*([value for (value,) in rows] for rows in (products, words, categories)))
    for values in (goods.products, goods.words, goods.categories):
        random.Random(24).shuffle(values)
    return goods


async def _trade(times: Times, url: str, shops: list[dict[str, Any]], goods: Goods, options: argparse.Namespace) -> None:
    until = time.monotonic() + options.seconds
    visits = [Shop(url, shop, goods, times, options.think, until).live() for shop in shops]
    count = lambda: f"{sum(map(len, times.seconds.values())):,} requests, {times.wrong.total()} wrong"  # noqa: E731
    await asyncio.gather(show_time(Bar(f"{len(shops):,} shops", options.seconds), options.seconds, count), *visits)


class Shop:
    """One buyer, who goes through the shop window again and again until the time is over."""

    def __init__(self, url: str, given: dict[str, Any], goods: Goods, times: Times, think: float, until: float) -> None:
        self.client = Client(url, headers={"Authorization": f"Bearer {given['token']}", "Accept": "application/json"})
        self.address, self.goods, self.times, self.think, self.until = given["address"], goods, times, think, until

    async def live(self) -> None:
        await asyncio.sleep(random.uniform(0, min(self.think, self.until - time.monotonic())))
        try:
            while not self._is_over():
                await self._visit()
        finally:
            self.client.close()

    async def _visit(self) -> None:
        await self._get("browse", f"/api/products?{self._shelf()}")
        for _ in range(random.randint(1, 3)):
            await self._get("search", f"/api/products?search={_often(self.goods.words)}")
            product = _often(self.goods.products)
            await self._get("look at a product", f"/api/products/{product}")
            await self._put_into_cart(product)
        await self._get("see the cart", "/api/cart")
        if not self._is_over():
            await self._order()

    async def _order(self) -> None:
        by_card = random.random() < 0.7
        body = {"address": self.address, "payment_method": "card" if by_card else "cash_on_delivery"}
        placed = await self._post("order", "/api/checkout", body)
        if placed.status != 201:
            return
        purchase = placed.json()
        if by_card:
            token = random.choice(TOKENS)
            await self._pause()
            await self._post("pay", f"/api/payments/{purchase['payment']['id']}/confirm", {"token": token}, accepted=("402",))
        await self._get("see an order", f"/api/orders/{purchase['orders'][0]['id']}")
        await self._get("list own orders", "/api/orders")

    async def _put_into_cart(self, product: str) -> None:
        if self._is_over():
            return
        answer = await self.client.ask("PUT", f"/api/cart/items/{product}", {"quantity": random.randint(1, 20)}, again=1)
        self.times.note("put into the cart", answer)
        await self._pause()

    async def _get(self, name: str, path: str) -> None:
        if self._is_over():
            return
        self.times.note(name, await self.client.get(path))
        await self._pause()

    async def _post(self, name: str, path: str, body: dict[str, Any], accepted: tuple[str, ...] = ()) -> Answer:
        """Under a key, so that it may be sent again when the connection breaks."""
        answer = await self.client.ask("POST", path, body, headers={"Idempotency-Key": uuid.uuid4().hex}, again=1)
        return self.times.note(name, answer, accepted=accepted)

    async def _pause(self) -> None:
        thought = min(-self.think * math.log(1 - random.random()), self.think * LONGEST_THOUGHT)
        await asyncio.sleep(max(0.0, min(thought, self.until - time.monotonic())))

    def _is_over(self) -> bool:
        return time.monotonic() >= self.until

    def _shelf(self) -> str:
        ways = ["", f"page={random.randint(1, 5)}", "sort=price", "in_stock=true", f"category={_often(self.goods.categories)}"]
        return random.choice(ways)


def _often(values: list[str]) -> str:
    """One of them, the first ones far more often (random squared)."""
    return values[int(random.random() ** 2 * len(values))]


def _tell(times: Times, options: argparse.Namespace) -> None:
    reads = times.all(READS)
    print(f"{options.retailers:,} shops for {options.seconds:.0f} s, {options.think:g} s of thought between two requests\n")
    print(told(times, options.seconds))
    kinds = [("all reads", reads), ("orders", times.all(["order"])), ("payments", times.all(["pay"]))]
    rows = [[name, f"{len(found):,}", *milliseconds(found)] for name, found in kinds]
    print(f"\n{table(['', 'requests', 'p50 ms', 'p95 ms', 'p99 ms', 'longest ms'], rows)}")
    print(f"\nErrors: {dict(times.wrong) or 'none'}")


if __name__ == "__main__":
    main()
