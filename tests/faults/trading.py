"""Trade over HTTP that goes on whatever happens, each call on record; and somebody who looks when all is well again."""

from __future__ import annotations

import base64
import itertools
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.proof.barrier import send
from tests.proof.checker import converge
from tests.proof.recorder import OK, Answered, Call, Recorder

CLIENTS = 5
PAUSE = 0.1  # seconds between two visits of a shop
SECONDS_TO_ANSWER = 45.0  # longer than nginx waits for a web server
SOON = 3.0  # seconds within which a good answer comes
GOOD_IN_A_ROW = 3
MOST_SECONDS_TO_RECOVER = 90.0
UNAVAILABLE = 503
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")


@dataclass
class Trade:
    """`given` is what `tests.stack.given` made: a vendor with its products, and one shop more than there are clients."""

    url: str
    given: dict[str, Any]
    recorder: Recorder
    pause: float = PAUSE
    answers: list[Answered] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> Trade:
        for number in range(CLIENTS):
            self._threads.append(threading.Thread(target=self._live, args=(number,), daemon=True))
            self._threads[-1].start()
        return self

    def stop(self) -> None:
        """Whoever waits for an answer still gets it."""
        self._over.set()
        for thread in self._threads:
            thread.join(2 * SECONDS_TO_ANSWER)

    def converge(self) -> list[Answered]:
        """Repeat what is unknown under its key until it is answered; all calls."""
        return converge(self.answers, self._again, tries=8)

    def recovered(self, since: float, *, pays: bool = False, works: bool = False) -> float:
        """Seconds from `since` until a search and an order (and its payment, where `pays`) succeed, soon, several times in a row.

        Where `works`, also until a worker has told the shop of such an order.
        """
        good, first = 0, since
        while good < GOOD_IN_A_ROW:
            ended = time.monotonic()
            if ended - since > MOST_SECONDS_TO_RECOVER:
                return ended - since
            if self._all_is_well(pays=pays):
                first = time.monotonic() if good == 0 else first
                good += 1
            else:
                good = 0
                time.sleep(0.1)
        return max(first, self._told_of_an_order(since)) - since if works else first - since

    def upload(self, number: int) -> Answered:
        """A picture, by the vendor; a product takes eight."""
        products, mark = self.given["products"], uuid.uuid4().hex
        part = f'--{mark}\r\nContent-Disposition: form-data; name="images"; filename="dot.png"\r\nContent-Type: image/png\r\n\r\n'
        body = part.encode() + DOT + f"\r\n--{mark}--\r\n".encode()
        path = f"/api/products/{products[number % len(products)]}/images"
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self.ask(Call("upload", path, body, key=_key(), token=self.given["vendor"]["token"], headers=headers))

    def ask(self, call: Call) -> Answered:
        answered = send(self.recorder, self.url, call, seconds=SECONDS_TO_ANSWER)
        self.answers.append(answered)
        return answered

    def order(self, shop: dict[str, Any], *, method: str, hot: bool = True) -> Call:
        """Of two products: the one that everybody wants, and another."""
        products = self.given["products"]
        wanted = {products[0] if hot else products[1], products[2]}
        items = [{"product": product, "quantity": 2} for product in wanted]
        body = {"items": items, "address": shop["address"], "payment_method": method}
        return Call("order", "/api/orders", body, key=_key(), token=shop["token"])

    def _live(self, number: int) -> None:
        shop = self.given["shops"][number]
        for visit in itertools.count(number):
            if self._over.is_set():
                return
            self._visit(shop, visit)
            time.sleep(self.pause)

    def _visit(self, shop: dict[str, Any], visit: int) -> None:
        """Search, order, mostly by card; then the vendor takes it and packs it, or the shop calls it off."""
        self.ask(_search())
        by_card = visit % 3 != 0
        placed = self.ask(self.order(shop, method="card" if by_card else "cash_on_delivery"))
        if placed.outcome != OK:
            return
        if by_card and self._pay(shop, placed, "pm_declined" if visit % 17 == 0 else "pm_good").status != 200:
            return
        path, vendor = f"/api/orders/{placed.body['id']}", self.given["vendor"]["token"]
        if visit % 4 == 1:
            self._call_off(shop, placed)
        elif self.ask(Call("accept", f"{path}/accept", {}, key=_key(), token=vendor)).outcome == OK:
            self.ask(Call("ready", f"{path}/ready", {}, key=_key(), token=vendor))

    def _pay(self, shop: dict[str, Any], placed: Answered, token: str) -> Answered:
        """Whoever is told that it is not possible now calls the order off: a shop may have only so many unpaid ones."""
        path = f"/api/payments/{placed.body['payment']['id']}/confirm"
        answered = self.ask(Call("confirm", path, {"token": token}, key=_key(), token=shop["token"]))
        if answered.status == UNAVAILABLE:
            self._call_off(shop, placed)
        return answered

    def _call_off(self, shop: dict[str, Any], placed: Answered) -> None:
        self.ask(Call("cancel", f"/api/orders/{placed.body['id']}/cancel", {}, key=_key(), token=shop["token"]))

    def _all_is_well(self, *, pays: bool) -> bool:
        shop, begun = self.given["shops"][-1], time.monotonic()
        if self.ask(_search()).outcome != OK:
            return False
        placed = self.ask(self.order(shop, method="card" if pays else "cash_on_delivery"))
        if placed.outcome != OK or (pays and self._pay(shop, placed, "pm_good").status != 200):
            return False
        return time.monotonic() - begun < SOON * (3 if pays else 2)

    def _told_of_an_order(self, since: float) -> float:
        """The moment at which a worker had told a shop of what it ordered now."""
        shop = self.given["shops"][-1]
        placed = self.ask(self.order(shop, method="cash_on_delivery"))
        while time.monotonic() - since < MOST_SECONDS_TO_RECOVER:
            if placed.outcome != OK:
                placed = self.ask(placed.call.again())
                continue
            listed = self.ask(Call("read", "/api/notifications?limit=20", method="GET", token=shop["token"]))
            if listed.outcome == OK and placed.body["id"] in {one["subject"] for one in listed.body["results"]}:
                break
            time.sleep(0.2)
        return time.monotonic()

    def _again(self, call: Call) -> Answered:
        time.sleep(0.05)
        return send(self.recorder, self.url, call, seconds=SECONDS_TO_ANSWER)


def _search() -> Call:
    """Of words that nobody has looked for before, so that no cache answers."""
    return Call("read", f"/api/products?search=cola+{uuid.uuid4().hex[:8]}", method="GET")


def _key() -> str:
    return uuid.uuid4().hex
