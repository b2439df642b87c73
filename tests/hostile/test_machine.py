"""A day that nobody planned: any call after any other over HTTP, and after each step every promise of TRUST.md 1 is asked.

`AQAD_MACHINE_EXAMPLES` says how many days (default 6, with the same ones each time; more are drawn anew) of `AQAD_MACHINE_STEPS` calls.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test
from rest_framework.test import APIClient

from aqad.accounts.models import User
from aqad.audit.actions import work_off
from aqad.core import clock
from aqad.core.invariants import violations
from aqad.core.stored import near
from orders.actions import expiry
from orders.invariants import reservations_end_in_time
from payments.actions import receiving, reconciling, sending
from payments.gateways import signing
from payments.gateways.sandbox import BEHAVIOURS, FAILS_BEFORE, SIGNATURE_HEADER
from payments.models import BankCharge, BankWebhook
from tests import cast
from tests.factories.goods import BrandFactory, CategoryFactory
from tests.factories.people import PASSWORD
from tests.journeys.trade import said_yes
from tests.journeys.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
EXAMPLES = int(os.environ.get("AQAD_MACHINE_EXAMPLES", "6"))
STEPS = int(os.environ.get("AQAD_MACHINE_STEPS", "30"))
TOKENS = sorted({*BEHAVIOURS, FAILS_BEFORE})
# What a door may say to whoever calls it at the wrong time or asks for too much; a defect of ours is never among them.
REFUSED = {402, 404, 409, 422}
NEXT = {
    "pending": ("vendor", "accept"),
    "processing": ("vendor", "ready"),
    "ready": ("driver", "picked_up"),
    "picked_up": ("driver", "out_for_delivery"),
    "out_for_delivery": ("driver", "delivered"),
}

# Who may take which step at some time; others try as well.
OFTEN = [("vendor", "accept"), ("vendor", "reject"), ("vendor", "ready"), ("shop", "cancel"), ("staff", "cancel")]


class Market:
    """Everybody before anything was traded; what there is was made over HTTP, so that everything is on record."""

    def __init__(self) -> None:
        vendor, dispatcher = cast.a_vendor(), cast.a_partner()
        self.people = {
            "vendor": vendor,
            "retailer": cast.a_retailer(),
            "rival_retailer": cast.a_retailer("Corner Grocery"),
            "driver": cast.a_driver(dispatcher.of),
            "staff": cast.a_member_of_staff(),
        }
        self.partner = dispatcher.of.reference
        self.of = {"category": CategoryFactory().slug, "brand": BrandFactory().slug}
        body = {"name": "Pepsi 330ml", "price": "48.00", "quantity": 60, **self.of}
        self.product = said_yes(vendor.api.post("/api/products", body, format="json"))["id"]
        place = {"label": "Shop", "line1": "Road 1", "emirate": "Dubai"}
        self.addresses = {
            name: said_yes(self.people[name].api.post("/api/addresses", place, format="json"))["id"]
            for name in ("retailer", "rival_retailer")
        }


class Day(RuleBasedStateMachine):
    """The vendor's shelf, several shops, a bank that behaves badly, a driver, staff; `seen` counts what came of it over all days."""

    world: Market
    seen: Counter[str] = Counter()
    products, shops, orders = Bundle("products"), Bundle("shops"), Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(undone())
        self.acknowledged: dict[str, str] = {}
        self.people = dict(self.world.people)
        self.clients: dict[str, APIClient] = {}
        self.names = 0

    def teardown(self) -> None:
        self.stack.close()

    # --- Everybody comes ------------------------------------------------------------------------------------------------

    @initialize(target=products)
    def the_shelf(self) -> Any:
        return multiple(self.world.product)

    @initialize(target=shops)
    def the_shops(self) -> Any:
        return multiple(*self.world.addresses.items())

    @initialize(target=orders, method=st.sampled_from(["card", "cash_on_delivery"]))
    def the_first_order(self, method: str) -> Any:
        """So that from the beginning there is something to pay, to cancel and to deliver."""
        body = {
            "items": [{"product": self.world.product, "quantity": 10}],
            "address": self.world.addresses["retailer"],
            "payment_method": method,
        }
        return self.known("retailer", [self.call("retailer", "post", "/api/orders", body, well=True)])

    @rule(target=shops)
    def a_shop_registers(self) -> Any:
        self.names += 1
        email = f"machine{self.names}@shop.test"
        body = {"name": "Noor", "email": email, "phone": "+971501234567", "password": PASSWORD, "company_name": "Noor Foods"}
        place = {"label": "Shop", "line1": "Road 1", "emirate": "Dubai"}
        self.call("anonymous", "post", "/api/retailer/register", {**body, "address": place}, well=True)
        who = f"shop {self.names}"
        self.people[who] = cast.Person(User.objects.get(email=email))
        self.call("anonymous", "post", "/api/auth/login", {"email": email, "password": PASSWORD}, well=True)
        return (who, self.call(who, "get", "/api/addresses", well=True)["results"][0]["id"])

    @rule(target=products, price=st.sampled_from(["0.01", "48.00", "333.33", "999999.99"]), quantity=st.integers(0, 60))
    def a_product_is_listed(self, price: str, quantity: int) -> Any:
        self.names += 1
        body = {"name": f"Tea No. {self.names}", "price": price, "quantity": quantity, **self.world.of}
        return self.call("vendor", "post", "/api/products", body, well=True)["id"]

    @rule(product=products, change=st.integers(-40, 40))
    def stock_comes_or_goes(self, product: str, change: int) -> None:
        self.call("vendor", "post", f"/api/products/{product}/stock", {"change": change, "reason": "Counted"})

    @rule(product=products, price=st.sampled_from(["1.00", "47.99", "48.00"]))
    def a_price_changes(self, product: str, price: str) -> None:
        self.call("vendor", "patch", f"/api/products/{product}", {"price": price})

    @rule(product=products, act=st.sampled_from(["draft", "published", "delete", "takedown", "restore"]))
    def a_product_leaves_the_shop_or_comes_back(self, product: str, act: str) -> None:
        if act == "delete":
            self.call("vendor", "delete", f"/api/products/{product}")
        elif act in {"draft", "published"}:
            self.call("vendor", "patch", f"/api/products/{product}", {"status": act})
        else:
            self.call("staff", "post", f"/api/products/{product}/{act}", {"reason": "Looked at"} if act == "takedown" else {})

    # --- Buying ---------------------------------------------------------------------------------------------------------

    @rule(
        target=orders,
        shop=shops,
        lines=st.lists(st.tuples(products, st.integers(1, 30)), min_size=1, max_size=3),
        method=st.sampled_from(["card", "card", "cash_on_delivery"]),
        key=st.sampled_from(["", "", "a", "b"]),
    )
    def an_order_is_placed(self, shop: Any, lines: Sequence[tuple[str, int]], method: str, key: str) -> Any:
        who, address = shop
        body = {"items": [{"product": p, "quantity": q} for p, q in lines], "address": address, "payment_method": method}
        placed = self.call(who, "post", "/api/orders", body, key=key)
        return self.known(who, [placed])

    @rule(shop=shops, product=products, quantity=st.integers(1, 30))
    def something_goes_into_a_cart(self, shop: Any, product: str, quantity: int) -> None:
        self.call(shop[0], "put", f"/api/cart/items/{product}", {"quantity": quantity})

    @rule(target=orders, shop=shops, method=st.sampled_from(["card", "cash_on_delivery"]), key=st.sampled_from(["", "c"]))
    def a_cart_is_checked_out(self, shop: Any, method: str, key: str) -> Any:
        who, address = shop
        done = self.call(who, "post", "/api/checkout", {"address": address, "payment_method": method}, key=key)
        return self.known(who, done.get("orders", []))

    @rule(order=orders)
    def an_order_is_put_into_the_cart_again(self, order: Any) -> None:
        self.call(order[0], "post", f"/api/orders/{order[1]}/reorder", {})

    # --- Paying ---------------------------------------------------------------------------------------------------------

    @rule(order=orders, token=st.sampled_from(TOKENS), key=st.sampled_from(["", "", "d"]))
    def an_order_is_paid_for(self, order: Any, token: str, key: str) -> None:
        self.call(order[0], "post", f"/api/payments/{order[2]}/confirm", {"token": token}, key=key)

    @rule(order=orders, decision=st.sampled_from(["approve", "refuse", "nonsense"]), comes_back=st.booleans())
    def the_bank_asks_its_customer(self, order: Any, decision: str, comes_back: bool) -> None:
        page = self.call(order[0], "get", f"/api/payments/{order[2]}").get("redirect_url")
        if page and (charge := BankCharge.objects.filter(reference=urlsplit(page).path.rsplit("/", 1)[-1]).first()):
            answer = APIClient().post(urlsplit(page).path, {"decision": decision})
            assert answer.status_code in {302, 422}, answer.content[:300]
            if comes_back:
                back = urlsplit(charge.return_url)
                assert APIClient().get(f"{back.path}?{back.query}", HTTP_ACCEPT="text/html").status_code == 200

    @rule(data=st.data(), times=st.integers(1, 3), is_forged=st.booleans())
    def the_bank_tells_in_any_order(self, data: st.DataObject, times: int, is_forged: bool) -> None:
        """Old messages again, new ones before old ones, some that the bank never wrote."""
        messages = list(BankWebhook.objects.order_by("pk").select_related("charge"))
        for message in data.draw(st.permutations(messages))[:4]:
            facts = {"id": message.message_id, "kind": message.kind, "charge": message.charge.reference, "key": message.charge.key}
            raw = orjson.dumps(facts)
            secret = "forged" if is_forged else django_settings.SANDBOX_WEBHOOK_SECRET
            headers = {SIGNATURE_HEADER: signing.sign(raw, secret=secret, at=int(clock.now().timestamp()))}
            for _ in range(times):
                answer = APIClient().post("/api/payments/webhooks/sandbox", raw, content_type="application/json", headers=headers)
                assert answer.status_code == (400 if is_forged else 200), answer.content
        receiving.handle_left_over()

    @rule(order=orders, amount=st.sampled_from(["0.01", "10.00", "50.40", "5040.00"]))
    def staff_give_money_back(self, order: Any, amount: str) -> None:
        self.call("staff", "post", f"/api/payments/{order[2]}/refund", {"amount": amount, "reason": "Damaged"})

    # --- What becomes of an order ---------------------------------------------------------------------------------------

    @rule(order=orders, deed=st.sampled_from([*OFTEN * 3, *product(["vendor", "shop", "staff"], ["accept", "reject", "ready", "cancel"])]))
    def somebody_takes_a_step(self, order: Any, deed: tuple[str, str]) -> None:
        who, step = deed
        by = order[0] if who == "shop" else who
        self.call(by, "post", f"/api/orders/{order[1]}/{step}", {"reason": "Changed"} if step in {"reject", "cancel"} else {}, may_not=True)

    @rule(order=orders, steps=st.sampled_from([1, 2, 3, 6, 6]))
    def an_order_goes_its_way(self, order: Any, steps: int) -> None:
        for _ in range(steps):
            now = self.call("staff", "get", f"/api/orders/{order[1]}", well=True)
            self.seen[now["status"]] += 1
            if now["status"] == "pending_payment":
                self.call(order[0], "post", f"/api/payments/{order[2]}/confirm", {"token": "tok_visa"})
            elif now["status"] in NEXT:
                who, step = NEXT[now["status"]]
                if who == "vendor":
                    self.call(who, "post", f"/api/orders/{order[1]}/{step}", {})
                else:
                    self._deliver(now, step)

    @rule(order=orders, step=st.sampled_from(["picked_up", "out_for_delivery", "attempt_failed", "returned", "delivered", "cancelled"]))
    def a_driver_reports(self, order: Any, step: str) -> None:
        now = self.call("staff", "get", f"/api/orders/{order[1]}", well=True)
        if now["delivery"]:
            self._deliver(now, step)

    # --- Time goes by, others work ----------------------------------------------------------------------------------------

    @rule(by=st.sampled_from([timedelta(seconds=5), timedelta(minutes=6), timedelta(minutes=31), timedelta(hours=25), timedelta(hours=49)]))
    def time_goes_by(self, by: timedelta) -> None:
        """Workers may be late, but beat is not as late as its grace: it has looked for what was to be paid by then."""
        self.stack.enter_context(clock.living_at(clock.now() + by))
        if reservations_end_in_time():
            expiry.expire_unpaid()
        self.clients.clear()  # access tokens live a quarter of an hour

    @rule(tasks=st.permutations(["outbox", "messages", "bank", "refunds", "unpaid", "unaccepted"]), repeats=st.integers(1, 2))
    def the_workers_work(self, tasks: Sequence[str], repeats: int) -> None:
        work: dict[str, Callable[[], object]] = {
            "outbox": work_off,
            "messages": receiving.handle_left_over,
            "bank": reconciling.ask_about_open,
            "refunds": sending.send_waiting,
            "unpaid": expiry.expire_unpaid,
            "unaccepted": expiry.cancel_unaccepted,
        }
        for task in tasks:
            for _ in range(repeats):
                work[task]()

    # --- Always -----------------------------------------------------------------------------------------------------------

    @invariant()
    def every_promise_holds(self) -> None:
        assert {name: rows for name, rows in violations() if rows} == {}

    @invariant()
    def what_was_acknowledged_is_found(self) -> None:
        for reference, total in list(self.acknowledged.items())[-3:]:
            found = self.call("staff", "get", f"/api/orders/{reference}", well=True)
            assert (found["id"], found["total"]) == (reference, total)

    # --- How it is asked ----------------------------------------------------------------------------------------------------

    def call(
        self, who: str, method: str, path: str, body: Any = None, *, key: str = "", well: bool = False, may_not: bool = False
    ) -> dict[str, Any]:
        """The answer's body when it was good, else an empty one."""
        cache.clear()
        near.clear()
        if who not in self.clients:
            self.clients[who] = APIClient() if who == "anonymous" else replace(self.people[who]).api
        client = self.clients[who]
        headers = {"Idempotency-Key": key} if key else {}
        answer = getattr(client, method)(path, *([] if body is None else [body]), format="json", headers=headers)
        self.seen[str(answer.status_code)] += 1
        if answer.status_code < 300:
            told: dict[str, Any] = answer.json() if answer.content else {}
            self.seen[told.get("status", "")] += 1
            return told
        assert not well, (method, path, body, answer.status_code, answer.content)
        assert answer.status_code in (REFUSED | {403} if may_not else REFUSED), (method, path, body, answer.status_code, answer.content)
        return {}

    def known(self, who: str, placed: Sequence[dict[str, Any]]) -> Any:
        for order in filter(None, placed):
            self.acknowledged[order["id"]] = order["total"]
        return multiple(*((who, order["id"], order["payment"]["id"]) for order in placed if order))

    def _deliver(self, order: dict[str, Any], step: str) -> None:
        if not order["delivery"]:
            driver = self.world.people["driver"].user.email
            body = {"order": order["id"], "partner": self.world.partner, "driver": driver}
            order["delivery"] = {"id": self.call("staff", "post", "/api/deliveries", body).get("id")}
        is_cash = order["payment"]["method"] == "cash_on_delivery"
        more = (
            {"recipient_name": "Noor", **({"cash_collected": order["total"]} if is_cash else {})}
            if step == "delivered"
            else {"note": "Shut"}
        )
        if order["delivery"]["id"]:
            self.call("driver", "post", f"/api/deliveries/{order['delivery']['id']}/status", {"status": step, **more})


@pytest.fixture
def _a_world(db: None) -> Iterator[None]:
    with undone():
        Day.world, Day.seen = Market(), Counter()
        yield


@pytest.mark.usefixtures("_a_world")
def test_no_order_of_calls_breaks_a_promise(record_property: Callable[[str, object], None]) -> None:
    is_small = "AQAD_MACHINE_EXAMPLES" not in os.environ
    phases = [Phase.generate] if is_small else [Phase.generate, Phase.shrink]
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=is_small,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    answered = {status: count for status, count in Day.seen.items() if status.isdigit()}
    assert {"200", "201"} <= set(answered)
    assert {"409", "paid", "processing", "completed", "cancelled"} <= set(Day.seen) or EXAMPLES < 60  # few days need not hold everything
    record_property("calls", sum(answered.values()))
    record_property("answered", answered)
