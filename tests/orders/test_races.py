"""What orders alone prove at the same moment, from threads with connections of their own; the races of people are in tests/races.

On SQLite one writer is let in at a time whatever we do, so a guard can be taken away on PostgreSQL only.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.core import clock
from catalog.models import Product
from orders.actions import expiry, placing
from orders.models import Order
from payments.actions import owing
from payments.models import Payment, Refund
from tests.cast import Person, a_retailer
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory
from tests.orders.given import broken_promises, history, shelf
from tests.proof.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 30
Call = Callable[[], Any]


def sending(who: Person, path: str, body: dict[str, Any] | None = None, **headers: str) -> Call:
    client = APIClient()
    client.credentials(**who.api._credentials)
    return lambda: client.post(path, body or {}, format="json", headers=headers)


def statuses(answers: Sequence[Any]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


@pytest.mark.embedded
def test_lines_in_any_order_never_wait_for_each_other_in_a_circle(vendor: Person, pepsi: Product) -> None:
    products = [pepsi, *(ProductFactory(vendor=vendor.of) for _ in range(4))]
    buyers = [a_retailer(f"Shop {number}") for number in range(6)]
    calls = []
    for number, buyer in enumerate(buyers):
        lines = [{"product": product.reference, "quantity": 1} for product in (products if number % 2 else products[::-1])]
        terms = {"address": AddressFactory(retailer=buyer.of).pk, "payment_method": "cash_on_delivery"}
        calls.append(sending(buyer, "/api/orders", {"items": lines, **terms}))
    assert statuses(together(*calls)) == {201: 6}
    assert not broken_promises()


@pytest.mark.embedded
def test_at_most_20_unpaid_orders_however_many_are_placed_at_once(retailer: Person, pepsi: Product, body: dict[str, Any]) -> None:
    wanted = {**body, "items": [{"product": pepsi.reference, "quantity": 1}]}
    for _ in range(18):
        an_order(retailer.of, pepsi, quantity=1, status="pending_payment")
    answers = together(*[sending(retailer, "/api/orders", wanted) for _ in range(6)])
    assert statuses(answers) == {201: 2, 409: 4}
    assert Order.objects.filter(status="pending_payment").count() == 20


@pytest.mark.production
def test_control_without_the_carts_lock_there_are_more(
    retailer: Person, pepsi: Product, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_counted = threading.Barrier(4)

    def open_after_all_counted(**facts: Any) -> Payment:
        everybody_has_counted.wait(timeout=SECONDS)
        return compose_payment(**facts)

    compose_payment = owing.compose_payment
    monkeypatch.setattr(placing, "lock_cart", lambda retailer: None)
    monkeypatch.setattr(owing, "compose_payment", open_after_all_counted)
    for _ in range(19):
        an_order(retailer.of, pepsi, quantity=1, status="pending_payment")
    assert statuses(together(*[sending(retailer, "/api/orders", body) for _ in range(4)])) == {201: 4}
    assert Order.objects.filter(status="pending_payment").count() > placing.MOST_UNPAID


@pytest.mark.embedded
def test_the_same_task_five_times_at_once_acts_once(retailer: Person, pepsi: Product) -> None:
    late = clock.now() - timedelta(minutes=1)
    orders = [an_order(retailer.of, pepsi, accept_by=late) for _ in range(3)]
    together(*[expiry.remind_unaccepted] * 5)
    assert [history(order) for order in orders] == [["orders.acceptance_due"]] * 3
    together(*[expiry.cancel_unaccepted] * 5)
    assert [history(order) for order in orders] == [["orders.acceptance_due", "orders.cancelled"]] * 3
    assert (Refund.objects.count(), shelf(pepsi)) == (3, (500, 0))
