"""A small steady load, and what became of each of its requests."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

Call = Callable[[httpx.Client], httpx.Response]


class Seen:
    """Every answer's status and every error's name, each with how often."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.bodies: list[str] = []
        self._lock = threading.Lock()

    @property
    def failed(self) -> dict[str, int]:
        """All that was no success."""
        return {outcome: count for outcome, count in self.counts.items() if not outcome.startswith("2")}

    def note(self, outcome: str, body: str) -> None:
        with self._lock:
            self.counts[outcome] += 1
            if not outcome.startswith("2"):
                self.bodies.append(body[:300])


@contextmanager
def visiting(calls: Sequence[tuple[httpx.Client, Call]], *, pause: float = 0.01) -> Iterator[Seen]:
    """Each call again and again by a visitor of its own until the block ends."""
    seen, over = Seen(), threading.Event()

    def visit(client: httpx.Client, call: Call) -> None:
        while not over.is_set():
            try:
                answer = call(client)
                seen.note(str(answer.status_code), answer.text)
            except httpx.HTTPError as error:
                seen.note(type(error).__name__, str(error))
            time.sleep(pause)

    threads = [threading.Thread(target=visit, args=pair, daemon=True) for pair in calls]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=60)


def reading(path: str) -> Call:
    return lambda client: client.get(path)


def searching() -> Call:
    """A list that nobody has asked for before, so that no cache answers."""
    return lambda client: client.get("/api/products", params={"search": f"cola {uuid.uuid4().hex[:6]}"})


def ordering(product: str, address: int) -> Call:
    def order(client: httpx.Client) -> httpx.Response:
        return client.post("/api/orders", json=order_body(product, address), headers={"Idempotency-Key": uuid.uuid4().hex})

    return order


def order_body(product: str, address: int, quantity: int = 1, method: str = "cash_on_delivery") -> dict[str, Any]:
    return {"items": [{"product": product, "quantity": quantity}], "address": address, "payment_method": method}
