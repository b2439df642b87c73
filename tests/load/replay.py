"""A real wholesaler's invoices, ordered again over HTTP on the whole stack, while nobody cleans them first.

    python -m tests.load.replay DATA_FOLDER [--invoices 5000] [--clients 8] [--kill]

DATA_FOLDER holds `online-retail.csv.gz` (UCI Online Retail) and `uae-stores.csv`. The wholesaler's list goes through the import; its
customers become shops of the other file, who register and sign in; each invoice becomes one order of its lines as they stand. What the
server refuses of it is left out and the rest ordered again, as a shop would. Half of it is paid by card; the vendor accepts half of what
it gets. A credit note (an invoice that begins with C) cancels the shop's last order of these goods, or asks staff for a refund where that
is too late. With `--kill` a worker, and then the broker, are killed and started again every ten seconds. Then the workers finish, and
every invariant is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import io
import itertools
import re
import sys
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from tests.load.afterwards import judge
from tests.load.measuring import Answer, Bar, Client, Times, told
from tests.stack.stack import PASSWORD, Stack

ON_HAND, KILL_EVERY, BROKER_AWAY, TRIES = 50_000, 10.0, 3.0, 6
VENDOR_PASSWORD = "Carton-330ml-Pepsi"
SHOP_PASSWORD = "Pepsi-Carton-330ml"
UNKNOWN = "P999999999"
Lines = list[dict[str, str]]


@dataclass
class Person:
    email: str
    password: str
    tokens: dict[str, str] = field(default_factory=dict)
    address: int = 0


@dataclass
class Placed:
    """An order that a credit note may still come for: its payment when it was paid by card, and whether the vendor took it."""

    reference: str
    payment: str
    accepted: bool


@dataclass
class Trade:
    """What was replayed so far. `refused` counts by code, `notes` what became of invoices that were no plain order."""

    products: dict[str, str]
    shops: list[Person]
    vendor: Person
    staff: Person
    times: Times = field(default_factory=Times)
    refused: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    orders: dict[tuple[str, str], Placed] = field(default_factory=dict)
    done: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.replay", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--invoices", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--shops", type=int, default=100, help="how many of the file's shops register, evenly drawn")
    parser.add_argument("--kill", action="store_true", help="kill a worker and the broker again and again")
    options = parser.parse_args()
    invoices = read_invoices(options.folder / "online-retail.csv.gz", options.invoices)
    with Stack(workers=2 if options.kill else 1) as stack:
        trade = asyncio.run(_open(stack, options.folder / "uae-stores.csv", invoices, options.shops))
        took = asyncio.run(_replay(stack, trade, invoices, options))
        _tell(trade, took, len(invoices))
        held = judge(stack)
    if trade.times.wrong or not held:
        raise SystemExit(1)


def read_invoices(file: Path, count: int) -> dict[str, Lines]:
    """The first `count` invoices with their lines, as they stand in the file."""
    invoices: dict[str, Lines] = {}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        for line in csv.DictReader(text):
            if line["invoice"] not in invoices and len(invoices) == count:
                break
            invoices.setdefault(line["invoice"], []).append(line)
    return invoices


# ---------------------------------------------------------------------------------------------------- before the first order


async def _open(stack: Stack, stores: Path, invoices: dict[str, Lines], wanted: int) -> Trade:
    given = stack.given(shops=0, products=1)
    vendor, staff = Person(f"vendor-{given['mark']}@stack.test", VENDOR_PASSWORD), Person("staff@aqad.test", PASSWORD)
    client = Client(stack.url)
    for person in (vendor, staff):
        await _sign_in(client, person)
    products = await asyncio.to_thread(_import, stack, vendor, invoices)
    with stores.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = rows[:: max(1, len(rows) // wanted)][:wanted]
    bar, asked = Bar("shops register", len(rows)), []
    clients = [Client(stack.url) for _ in range(4)]
    for start in range(0, len(rows), len(clients)):
        some = enumerate(zip(clients, rows[start : start + len(clients)], strict=False), start)
        asked += await asyncio.gather(*(_register(one, number, row) for number, (one, row) in some))
        bar.show(len(asked))
    bar.end()
    shops = [shop for shop in asked if isinstance(shop, Person)]
    refused = Counter(f"{row['emirate']}: {why}" for row, why in zip(rows, asked, strict=True) if isinstance(why, str))
    print(f"Shops: {len(shops)} registered, {len(rows) - len(shops)} refused: {dict(refused) or 'none'}\n")
    return Trade(products, shops, vendor, staff)


async def _register(client: Client, number: int, row: dict[str, str]) -> Person | str:
    """The shop, signed in; or the words with which it was refused."""
    person = Person(f"shop-{number}@load.test", SHOP_PASSWORD)
    where = {"label": "Store", "line1": row["name"], "area": row["area"], "emirate": row["emirate"]}
    body = {"name": row["name"], "email": person.email, "phone": "+971501234567", "password": person.password, "company_name": row["name"]}
    made = await client.ask("POST", "/api/retailer/register", {**body, "address": where})
    if made.status == 422:
        return str(made.json()["message"])
    if made.status != 201:
        sys.exit(f"{row['name']} cannot register: {made.status} {made.body.decode()}")
    await _sign_in(client, person)
    listed = await client.get("/api/addresses", Authorization=f"Bearer {person.tokens['access']}")
    person.address = listed.json()["results"][0]["id"]
    return person


async def _sign_in(client: Client, person: Person) -> None:
    answer = await client.ask("POST", "/api/auth/login", {"email": person.email, "password": person.password})
    if answer.status != 200:
        sys.exit(f"{person.email} cannot sign in: {answer.status} {answer.body.decode()}")
    person.tokens = answer.json()


def _import(stack: Stack, vendor: Person, invoices: dict[str, Lines]) -> dict[str, str]:
    """The list of all that was sold, as its vendor would send it; the products by stock code. Says which rows were refused."""
    rows: dict[str, dict[str, Any]] = {}
    for line in itertools.chain.from_iterable(invoices.values()):
        row = rows.setdefault(line["sku"], {"sku": line["sku"], "name": "", "price": "0"})
        row["name"] = row["name"] or line["description"]
        if Decimal(row["price"]) <= 0:
            row["price"] = line["unit_price"]
    text = io.StringIO()
    table = csv.DictWriter(text, ["sku", "name", "price", "quantity", "category", "brand"])
    table.writeheader()
    table.writerows({**row, "quantity": ON_HAND, "category": "Gifts", "brand": "Online Retail"} for row in rows.values())
    with stack.client(vendor.tokens["access"]) as client:
        sent = client.post("/api/products/import", files={"file": ("list.csv", text.getvalue().encode(), "text/csv")})
        sent.raise_for_status()
        state, bar = sent.json(), Bar("the list is imported", len(rows))
        while state["state"] not in {"done", "failed"}:
            time.sleep(0.5)
            state = client.get(f"/api/products/imports/{state['id']}").raise_for_status().json()
            bar.show(sum(state[name] for name in ("created", "updated", "unchanged", "failed")))
        bar.end()
        if state["state"] == "failed":
            sys.exit(f"The list was refused: {state}")
        errors = client.get(f"/api/products/imports/{state['id']}/errors.csv").text if state["failed"] else ""
        reasons = Counter(re.sub(r"^Row \d+: ", "", row[-1]) for row in list(csv.reader(io.StringIO(errors)))[1:])
        print(f"The list: {len(rows):,} products, {state['created']:,} imported, {state['failed']} refused: {dict(reasons) or 'none'}\n")
        return _references(client)


def _references(client: httpx.Client) -> dict[str, str]:
    found, cursor = {}, ""
    while True:
        page = client.get(f"/api/vendor/products?limit=100{cursor}").raise_for_status().json()
        found.update({product["sku"]: product["id"] for product in page["results"]})
        if not page["pagination"]["next"]:
            return found
        cursor = f"&cursor={page['pagination']['next']}"


# ---------------------------------------------------------------------------------------------------- invoice by invoice


async def _replay(stack: Stack, trade: Trade, invoices: dict[str, Lines], options: argparse.Namespace) -> float:
    waiting, started = iter(invoices.items()), time.monotonic()
    bar = Bar("invoices", len(invoices))
    clerks = [asyncio.create_task(_work(Clerk(stack.url, trade), waiting, bar)) for _ in range(options.clients)]
    killing = asyncio.create_task(_kill(stack)) if options.kill else None
    try:
        await asyncio.gather(*clerks)
    finally:
        if killing:
            killing.cancel()
            kills = await asyncio.gather(killing, return_exceptions=True)
            if isinstance(kills[0], Exception):
                raise kills[0]
    bar.end()
    took = time.monotonic() - started
    for part in (*stack.workers, stack.broker):
        if not part.is_running:
            part.start()
    return took


async def _work(clerk: Clerk, waiting: Any, bar: Bar) -> None:
    for number, lines in waiting:
        await clerk.take(number, lines)
        clerk.trade.done += 1
        bar.show(clerk.trade.done, f"{clerk.trade.done:,}, {clerk.trade.times.wrong.total()} wrong")


async def _kill(stack: Stack) -> None:
    """A worker, then the broker, in turn, without a warning; both come back."""
    while True:
        await asyncio.sleep(KILL_EVERY)
        worker = stack.workers[0]
        await asyncio.to_thread(worker.kill)
        await asyncio.to_thread(worker.start, wait=False)
        await asyncio.sleep(KILL_EVERY)
        await asyncio.to_thread(stack.broker.kill)
        await asyncio.sleep(BROKER_AWAY)
        await asyncio.to_thread(stack.broker.start)


class Clerk:
    """One client over one connection, who acts for whomever an invoice needs."""

    def __init__(self, url: str, trade: Trade) -> None:
        self.client, self.trade = Client(url), trade

    async def take(self, number: str, lines: Lines) -> None:
        customer = lines[0]["customer"] or f"nobody {number}"
        if not lines[0]["customer"]:
            self.trade.notes["without a customer, given to a shop by its number"] += 1
        shop = self.trade.shops[zlib.crc32(customer.encode()) % len(self.trade.shops)]
        if number.upper().startswith("C"):
            await self._credit(number, customer, shop, lines)
        else:
            await self._order(number, customer, shop, lines)

    async def _order(self, number: str, customer: str, shop: Person, lines: Lines) -> None:
        by_card = zlib.crc32(number.encode()) % 2 == 0
        placed, kept = await self._place(number, shop, lines, "card" if by_card else "cash_on_delivery")
        if placed is None:
            return
        order = placed.json()
        if by_card:
            await self._ask("pay", shop, f"/api/payments/{order['payment']['id']}/confirm", {"token": "tok_visa"}, key=f"pay {number}")
        accepted = zlib.crc32(number.encode()) % 4 < 2
        if accepted:
            await self._ask("accept", self.trade.vendor, f"/api/orders/{order['id']}/accept", {}, key=f"accept {number}")
        known = Placed(order["id"], order["payment"]["id"] if by_card else "", accepted)
        self.trade.orders.update({(customer, line["sku"]): known for line in kept})

    async def _place(self, number: str, shop: Person, lines: Lines, method: str) -> tuple[Answer | None, Lines]:
        """The order as it stands; where lines of it are refused, once more without these."""
        for attempt in ("whole", "without what was refused"):
            items = [{"product": self.trade.products.get(line["sku"], UNKNOWN), "quantity": _whole(line["quantity"])} for line in lines]
            body = {"items": items, "address": shop.address, "payment_method": method}
            answer = await self._ask("order", shop, "/api/orders", body, key=f"order {number} {attempt}", refusals=("409", "422"))
            if answer.status == 201:
                return answer, lines
            left = _without_refused(answer, lines, self.trade.products)
            if attempt != "whole" or not left or len(left) == len(lines):
                break
            self.trade.notes["ordered again without the lines that were refused"] += 1
            lines = left
        self.trade.notes["not ordered: every line, or the whole, was refused"] += 1
        return None, []

    async def _credit(self, number: str, customer: str, shop: Person, lines: Lines) -> None:
        """What a credit note asks for: the order is called off, or some money given back."""
        known = next((found for line in lines if (found := self.trade.orders.get((customer, line["sku"])))), None)
        if known is None:
            self.trade.notes["credit note for nothing that was ordered"] += 1
            return
        self.trade.notes["credit note for an order"] += 1
        where, key = f"/api/orders/{known.reference}/cancel", f"credit {number}"
        answer = await self._ask("cancel", shop, where, {"reason": f"Credit note {number}"}, key=key, refusals=("409",))
        if answer.status == 409 and known.accepted and known.payment:
            amount = sum((abs(_whole(line["quantity"])) * Decimal(line["unit_price"]) for line in lines), Decimal(0))
            body = {"amount": f"{amount:.2f}", "reason": f"Credit note {number}"}
            await self._ask(
                "refund", self.trade.staff, f"/api/payments/{known.payment}/refund", body, key=f"refund {number}", refusals=("409", "422")
            )

    async def _ask(self, name: str, person: Person, path: str, body: Any, *, key: str, refusals: tuple[str, ...] = ()) -> Answer:
        """A POST under a key; asked again when its token is too old or the first request still runs. Any 5xx counts as wrong."""
        started = time.perf_counter()
        for _ in range(TRIES):
            headers = {"Authorization": f"Bearer {person.tokens['access']}", "Idempotency-Key": key}
            answer = await self.client.ask("POST", path, body, headers=headers, again=3, pause=0.5)
            if answer.status == 401:
                await _sign_in(self.client, person)
            elif answer.status >= 500:
                self.trade.times.wrong[f"{name}: {answer.outcome}"] += 1
                await asyncio.sleep(1)
            elif "idempotency_in_progress" in answer.outcome:
                await asyncio.sleep(0.5)
            else:
                break
        answer.seconds = time.perf_counter() - started
        if answer.outcome.startswith(refusals or ("none",)):
            self.trade.refused[f"{name}: {answer.outcome}"] += 1
            self.trade.refused.update(f"{name}: {answer.outcome}: {reason}" for reason in _reasons(answer))
        return self.trade.times.note(name, answer, accepted=refusals)


def _without_refused(answer: Answer, lines: Lines, products: dict[str, str]) -> Lines:
    """The lines that were not named in a refusal by their place or by their product."""
    said = answer.json()
    places = {int(found[1]) for name in said.get("errors", {}) if (found := re.match(r"items\.(\d+)", name))}
    short = {item["product"] for item in said.get("items", [])}
    return [line for place, line in enumerate(lines) if place not in places and products.get(line["sku"]) not in short]


def _reasons(answer: Answer) -> set[str]:
    """Each kind of reason once, without the product or figure that it names."""
    errors = answer.json().get("errors", {})
    return {re.sub(r"P?\d[\d,.]*", "…", text) for texts in errors.values() for text in texts}


def _whole(text: str) -> Any:
    """As it would stand in JSON; what is no number stays what it is."""
    try:
        return int(text)
    except ValueError:
        return text


def _tell(trade: Trade, took: float, invoices: int) -> None:
    orders = trade.times.outcomes["order: 201"]
    print(f"{invoices:,} invoices in {took:.0f} s: {orders:,} orders, {orders / took:.1f} orders a second\n")
    print(told(trade.times, took, list(trade.times.seconds)))
    for title, counted in (("Refused", trade.refused), ("Besides", trade.notes), ("Errors", trade.times.wrong)):
        print(f"\n{title}: {'none' if not counted else ''}")
        for name, number in sorted(counted.items()):
            print(f"  {number:>6,}  {name}")


if __name__ == "__main__":
    main()
