"""Real products, ordered by real shops, paid in every way, delivered or not; and every promise holds when the day is over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from aqad.audit.actions import work_off
from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.core.invariants import violations
from aqad.notifications.models import Mail, Notification
from catalog.models import Product, Stock, StockMovement
from orders.models import Order
from payments.actions import receiving, reconciling, sending
from payments.models import Payment
from tests.audit.promised import undocumented
from tests.cast import Person
from tests.journeys.trade import Carrier, Facts, Shop, an_approved_vendor, groceries, post_webhooks, said_yes, shops

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]
CARTONS = 200

# How each of the 20 products is paid and how its order ends.
STORIES = [
    ("tok_visa", "delivered"),
    ("tok_3ds", "delivered"),
    ("tok_late", "delivered"),
    ("tok_timeout", "delivered"),
    ("cash", "delivered"),
    ("cash", "delivered at the second attempt"),
    ("tok_visa", "cancelled by the shop"),
    ("tok_visa", "rejected"),
    ("cash", "rejected"),
    ("tok_visa", "returned"),
    ("cash", "returned"),
    ("tok_visa", "refunded in part"),
    ("tok_declined", "failed"),
    ("tok_insufficient_funds", "failed"),
    ("cash", "cancelled by the shop"),
    ("tok_3ds", "cancelled by staff"),
    ("cash", "cancelled by staff"),
    ("tok_visa", "on its way"),
    ("tok_late", "rejected"),
    ("tok_timeout", "refunded in part"),
]
STATES = {
    "delivered": "completed",
    "delivered at the second attempt": "completed",
    "refunded in part": "completed",
    "on its way": "out_for_delivery",
    "cancelled by the shop": "cancelled",
    "cancelled by staff": "cancelled",
}


def test_real_groceries_are_imported_ordered_and_delivered(staff: Person) -> None:
    content, count = groceries()
    vendor = an_approved_vendor(staff)
    _import_twice(vendor, content, count)
    products = [one.reference for one in Product.objects.order_by("pk")[:: count // len(STORIES)][: len(STORIES)]]
    assert len(products) == len(STORIES) == 20
    for product in products:
        stocked = {"on_hand": CARTONS, "reason": "stocktake"}
        assert said_yes(vendor.post(f"/api/products/{product}/stock", stocked, format="json"))["available"] == CARTONS

    buyers = [Shop.registered(number, row) for number, row in enumerate(shops(10))]
    carrier = Carrier.registered(staff)
    day = Day(vendor, staff.api, carrier)
    ordered = []
    for number, (product, (token, ending)) in enumerate(zip(products, STORIES, strict=True)):
        shop = buyers[number % len(buyers)]
        order = shop.order(product, number + 3, "cash_on_delivery" if token == "cash" else "card")
        ordered.append((shop, order, token, ending))
        _pay(shop, order, token)
    for shop, order, _token, ending in ordered:
        ENDINGS[ending](day, shop, order)
    _work_everything_off()

    for shop, order, token, ending in ordered:
        _is_as_told(shop, order, token, ending)
    _money_and_shelves_agree(products)
    _everybody_heard(ordered)
    assert undocumented(Event.objects.all()) == set()
    assert {name: rows for name, rows in violations() if rows} == {}


def _import_twice(vendor: APIClient, content: bytes, count: int) -> None:
    first, seconds = _imported(vendor, content)
    print(f"\n{count} products imported in {seconds:.1f} s", end="")
    assert (first["state"], first["rows"], first["created"], first["updated"]) == ("done", count, count, 0), first
    before = _catalogue()
    second, seconds = _imported(vendor, content)
    print(f", again in {seconds:.1f} s")
    assert (second["state"], second["rows"], second["created"], second["updated"]) == ("done", count, 0, 0), second
    assert (second["unchanged"], second["failed"]) == (count, 0)
    assert _catalogue() == before


def _imported(vendor: APIClient, content: bytes) -> tuple[Facts, float]:
    started = time.perf_counter()
    file = SimpleUploadedFile("uae-groceries.csv", content, content_type="text/csv")
    sent = said_yes(vendor.post("/api/products/import", {"file": file}, format="multipart"), 202)
    work_off()
    return said_yes(vendor.get(f"/api/products/imports/{sent['id']}")), time.perf_counter() - started


def _catalogue() -> tuple[Any, ...]:
    rows = Product.objects.order_by("pk").values_list("pk", "name", "pack_size", "price", "barcode", "status", "updated_at")
    return list(rows), StockMovement.objects.count(), Stock.objects.count()


def _pay(shop: Shop, order: Facts, token: str) -> None:
    """Each token with what it needs before the money is there: the bank's page, its webhook, our reconciler."""
    if token == "cash":
        return
    answer = shop.pay(order, token)
    if token == "tok_visa":
        assert said_yes(answer, 200)["status"] == "paid"
    elif token == "tok_3ds":
        page = said_yes(answer, 202)["redirect_url"]
        approved = APIClient().post(urlsplit(page).path, {"decision": "approve"})
        assert approved.status_code == 302
        assert APIClient().get(_path(approved["Location"]), HTTP_ACCEPT="text/html").status_code == 200
    elif token == "tok_late":
        assert said_yes(answer, 202)["status"] == "processing"
        with clock.living_at(clock.now() + timedelta(seconds=5)):
            post_webhooks()
            receiving.handle_left_over()
    elif token == "tok_timeout":
        assert said_yes(answer, 202)["status"] == "processing"
        with clock.living_at(clock.now() + timedelta(minutes=3)):
            assert reconciling.ask_about_open() == 1
    else:
        assert answer.status_code == 402
        return
    assert shop.payment_of(order)["status"] == "paid"


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


class Day:
    """What the vendor, the staff and the carrier do with an order."""

    def __init__(self, vendor: APIClient, staff: APIClient, carrier: Carrier) -> None:
        self.vendor, self.staff, self.carrier = vendor, staff, carrier

    def accepted(self, order: Facts) -> None:
        assert said_yes(self.vendor.post(f"/api/orders/{order['id']}/accept"))["status"] == "processing"

    def reject(self, _shop: Shop, order: Facts) -> None:
        said_yes(self.vendor.post(f"/api/orders/{order['id']}/reject", {"reason": "Sold out"}, format="json"))

    def cancel_as_shop(self, shop: Shop, order: Facts) -> None:
        said_yes(shop.api.post(f"/api/orders/{order['id']}/cancel", {"reason": "Ordered twice"}, format="json"))

    def cancel_as_staff(self, _shop: Shop, order: Facts) -> None:
        self.accepted(order)
        self.carrier.assigned(order)
        said_yes(self.staff.post(f"/api/orders/{order['id']}/cancel", {"reason": "Vendor is flooded"}, format="json"))

    def send_off(self, _shop: Shop, order: Facts) -> str:
        self.accepted(order)
        said_yes(self.vendor.post(f"/api/orders/{order['id']}/ready"))
        delivery = self.carrier.assigned(order)
        self.carrier.report(delivery, "picked_up")
        self.carrier.report(delivery, "out_for_delivery")
        return delivery

    def deliver(self, shop: Shop, order: Facts) -> None:
        self._hand_over(self.send_off(shop, order), order)

    def deliver_late(self, shop: Shop, order: Facts) -> None:
        delivery = self.send_off(shop, order)
        self.carrier.report(delivery, "attempt_failed", note="Shutter down")
        self.carrier.report(delivery, "out_for_delivery")
        self._hand_over(delivery, order)

    def bring_back(self, shop: Shop, order: Facts) -> None:
        self.carrier.report(self.send_off(shop, order), "returned", note="Nobody there")

    def refund_a_part(self, shop: Shop, order: Facts) -> None:
        self.deliver(shop, order)
        body = {"amount": "1.05", "reason": "One carton was crushed"}
        said_yes(self.staff.post(f"/api/payments/{order['payment']['id']}/refund", body, format="json"))

    def nothing(self, _shop: Shop, _order: Facts) -> None:
        """The bank has ended it."""

    def _hand_over(self, delivery: str, order: Facts) -> None:
        cash = {"cash_collected": order["total"]} if order["payment"]["method"] == "cash_on_delivery" else {}
        self.carrier.report(delivery, "delivered", recipient_name="Yusuf", **cash)


ENDINGS: dict[str, Callable[[Day, Shop, Facts], Any]] = {
    "delivered": Day.deliver,
    "delivered at the second attempt": Day.deliver_late,
    "cancelled by the shop": Day.cancel_as_shop,
    "cancelled by staff": Day.cancel_as_staff,
    "rejected": Day.reject,
    "returned": Day.bring_back,
    "refunded in part": Day.refund_a_part,
    "failed": Day.nothing,
    "on its way": Day.send_off,
}


def _work_everything_off() -> None:
    """What workers would have done by now."""
    sending.send_waiting()
    while work_off():
        pass
    assert not Outbox.objects.exists()


def _is_as_told(shop: Shop, order: Facts, token: str, ending: str) -> None:
    now = shop.look(order)
    assert now["status"] == STATES.get(ending, ending), (ending, now)
    assert _payment_status(token, ending) == now["payment"]["status"], (token, ending)
    verbs = [one["verb"] for one in said_yes(shop.api.get(f"/api/orders/{order['id']}/history"))["results"]]
    assert verbs[0] == "placed"
    if ending != "on its way":
        assert verbs[-1] == STATES.get(ending, ending), verbs


def _payment_status(token: str, ending: str) -> str:
    if token == "cash":
        return {"rejected": "cancelled", "cancelled": "cancelled", "completed": "paid"}.get(STATES.get(ending, ending), "cancelled")
    if ending == "failed":
        return "failed"
    if ending == "refunded in part":
        return "partially_refunded"
    return "paid" if STATES.get(ending, ending) in {"completed", "out_for_delivery"} else "refunded"


def _money_and_shelves_agree(products: list[str]) -> None:
    for order in Order.objects.prefetch_related("lines"):
        line = order.lines.get()
        stock = Stock.objects.get(product_id=line.product_id)
        gone = line.quantity if order.status in {"completed", "out_for_delivery"} else 0
        assert (stock.on_hand, stock.reserved) == (CARTONS - gone, 0), order
    assert Stock.objects.filter(on_hand__gt=0).count() == len(products)
    for payment in Payment.objects.all():
        assert payment.amount_refunded == {
            "refunded": payment.amount,
            "partially_refunded": Decimal("1.05"),
        }.get(payment.status, Decimal(0)), payment


def _everybody_heard(ordered: list[tuple[Shop, Facts, str, str]]) -> None:
    """Each person once of each thing."""
    people = Counter(Notification.objects.values_list("subject", "kind", "user"))
    assert max(people.values()) == 1
    told = Counter(Notification.objects.values_list("subject", "kind", "user__membership__company__kind"))
    for _shop, order, token, ending in ordered:
        assert told[order["id"], "order_placed", "retailer"] == 1
        assert told[order["id"], "order_placed", "vendor"] == (0 if ending == "failed" else 1), (token, ending)
    assert not Mail.objects.exclude(problem="").exists()
