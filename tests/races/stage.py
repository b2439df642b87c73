"""Where races are run: one server, its cast, and short words for the calls they make."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from aqad.accounts import tokens
from aqad.accounts.models import TokenFamily
from aqad.retailers.models import Address
from catalog.models import Product
from deliveries.models import Delivery
from tests import cast
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory, TokenFamilyFactory
from tests.proof import barrier
from tests.proof.barrier import Line
from tests.proof.recorder import Answered, Call, Recorder
from tests.races.unguarded import HEADER

MANY = 50


class Failed(AssertionError):
    """A race could not even be set up."""


@dataclass
class Stage:
    """`without` names the guard that this server is to go without; the real application knows no such word."""

    url: str
    recorder: Recorder
    without: str = ""
    families: dict[int, TokenFamily] = field(default_factory=dict)

    @cached_property
    def seller(self) -> Person:
        return cast.a_vendor()

    @cached_property
    def colleague(self) -> Person:
        """Of the seller's."""
        return cast.member(self.seller.of, "member")

    @cached_property
    def buyers(self) -> list[Person]:
        people = [cast.a_retailer(f"Shop {number}") for number in range(MANY)]
        for person in people:
            AddressFactory(retailer=person.of)
        return people

    @property
    def buyer(self) -> Person:
        return self.buyers[0]

    @cached_property
    def staff(self) -> list[Person]:
        return [cast.a_member_of_staff(), cast.a_member_of_staff()]

    @cached_property
    def dispatcher(self) -> Person:
        return cast.a_partner()

    @cached_property
    def driver(self) -> Person:
        return cast.a_driver(self.dispatcher.of)

    @cached_property
    def addresses(self) -> dict[int, int]:
        return dict(Address.objects.values_list("retailer", "pk"))

    def product(self, on_hand: int) -> Product:
        return ProductFactory(vendor=self.seller.of, on_hand=on_hand)

    def family(self, person: Person) -> TokenFamily:
        if person.user.pk not in self.families:
            self.families[person.user.pk] = TokenFamilyFactory(user=person.user)
        return self.families[person.user.pk]

    def call(self, kind: str, who: Person | None, path: str, body: Any = None, *, method: str = "POST", **more: Any) -> Call:
        """A call by this person, whose access token is always a new one."""
        token = tokens.issue(who.user, self.family(who))["access"] if who else ""
        headers = {**more.pop("headers", {}), **({HEADER: self.without} if self.without else {})}
        return Call(kind, path, {} if body is None else body, method, token=token, headers=headers, **more)

    def order(self, who: Person, *lines: tuple[Product, int], method: str = "cash_on_delivery", key: str = "") -> Call:
        items = [{"product": product.reference, "quantity": quantity} for product, quantity in lines]
        body = {"items": items, "address": self.addresses[who.of.pk], "payment_method": method}
        return self.call("order", who, "/api/orders", body, key=key)

    def confirm(self, who: Person, payment: str, *, key: str = "") -> Call:
        return self.call("confirm", who, f"/api/payments/{payment}/confirm", {"token": "tok_visa"}, key=key)

    def verb(self, verb: str, who: Person, order: str, **body: str) -> Call:
        return self.call(verb, who, f"/api/orders/{order}/{verb}", body)

    def step(self, who: Person, delivery: str, status: str, **body: str) -> Call:
        return self.call("step", who, f"/api/deliveries/{delivery}/status", {"status": status, **body})

    def at_once(
        self,
        calls: Iterable[Call],
        *,
        also: Sequence[Callable[[], Any]] = (),
        begun: Sequence[Line] = (),
        last: Callable[[], Any] | None = None,
    ) -> list[Answered]:
        return barrier.at_once(self.recorder, self.url, list(calls), also=also, begun=begun, last=last)

    def line(self, call: Call) -> Line:
        return Line(self.recorder, self.url, call)

    def send(self, call: Call) -> Answered:
        return barrier.send(self.recorder, self.url, call)

    def get(self, call: Call) -> dict[str, Any]:
        """The body of an answer that the race builds on. Raises Failed for any other."""
        answered = self.send(call)
        if answered.outcome != "ok":
            raise Failed(f"{call.method} {call.path} answered {answered.status}: {answered.body}")
        return dict(answered.body)

    def placed(self, who: Person, *, method: str) -> tuple[str, str]:
        """A new order of one unit: its reference and its payment's."""
        body = self.get(self.order(who, (self.product(10), 1), method=method))
        return str(body["id"]), str(body["payment"]["id"])

    def on_the_road(self) -> tuple[Delivery, str]:
        """A delivery that is out, to be paid in cash, and how much that is in AED."""
        order, _ = self.placed(self.buyer, method="cash_on_delivery")
        for verb in ("accept", "ready"):
            self.get(self.verb(verb, self.seller, order))
        body = {"order": order, "partner": self.dispatcher.of.reference, "driver": self.driver.user.email}
        made = self.get(self.call("assign", self.staff[0], "/api/deliveries", body))
        for status in ("picked_up", "out_for_delivery"):
            self.get(self.step(self.driver, made["id"], status))
        return Delivery.objects.get(pk=int(made["id"][3:])), str(made["cash_to_collect"])


def new_key() -> str:
    return str(uuid.uuid4())


def number(reference: str) -> int:
    """`ORD1001` → 1001."""
    return int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
