"""Orders at the same moment, from threads with connections of their own. Each guard has a control without it, which must fail.

On SQLite one writer is let in at a time whatever we do, so a guard can be taken away on PostgreSQL only.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from aqad.core import clock
from aqad.retailers.models import Address, Retailer
from catalog.models import Product, Stock, StockMovement
from orders.actions import expiry, life, placing
from orders.models import Cart, CartItem, Order
from payments.actions import owing
from payments.models import BankCharge, Payment, Refund
from tests.cast import Person, a_retailer
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory
from tests.orders.given import broken_promises, history, post, shelf
from tests.orders.test_cart import put

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5
SECONDS = 30
Call = Callable[[], Any]


def at_once(calls: Sequence[Call]) -> list[Any]:
    """What each call returned or raised, all of them begun at one moment."""
    barrier = threading.Barrier(len(calls))

    def run(call: Call) -> Any:
        try:
            barrier.wait(timeout=SECONDS)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def sending(who: Person, path: str, body: dict[str, Any] | None = None, **headers: str) -> Call:
    client = APIClient()
    client.credentials(**who.api._credentials)
    return lambda: client.post(path, body or {}, format="json", headers=headers)


def statuses(answers: Sequence[Any]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


@pytest.mark.embedded
def test_a_double_submit_with_a_key_orders_once(retailer: Person, pepsi: Product, body: dict[str, Any]) -> None:
    answers = at_once([sending(retailer, "/api/orders", body, **{"Idempotency-Key": "once"}) for _ in range(6)])
    assert set(statuses(answers)) <= {201, 409}
    assert {answer.json()["id"] for answer in answers if answer.status_code == 201} == {Order.objects.get().reference}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_progress"}
    assert (Payment.objects.count(), shelf(pepsi)) == (1, (500, 100))
    assert not broken_promises()


@pytest.mark.embedded
def test_control_a_double_submit_without_a_key_orders_twice(retailer: Person, pepsi: Product, body: dict[str, Any]) -> None:
    answers = at_once([sending(retailer, "/api/orders", body) for _ in range(3)])
    assert statuses(answers) == {201: 3}
    assert (Order.objects.count(), shelf(pepsi)) == (3, (500, 300))
    assert not broken_promises()


@pytest.mark.embedded
def test_a_double_submit_without_a_key_never_sells_what_is_not_there(retailer: Person, pepsi: Product, body: dict[str, Any]) -> None:
    Stock.objects.update(on_hand=100)
    pepsi.movements.create(kind="adjusted", on_hand_change=-400, actor="System tests")
    answers = at_once([sending(retailer, "/api/orders", body) for _ in range(4)])
    assert statuses(answers) == {201: 1, 409: 3}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient_stock"}
    assert shelf(pepsi) == (100, 100)
    assert not broken_promises()


@pytest.mark.embedded
def test_the_same_product_in_several_lines_is_one_demand(vendor: Person, pepsi: Product) -> None:
    buyers = [a_retailer(f"Shop {number}") for number in range(6)]
    line = {"product": pepsi.reference, "quantity": 130}
    calls = [
        sending(buyer, "/api/orders", {"items": [line, line], "address": AddressFactory(retailer=buyer.of).pk, "payment_method": "card"})
        for buyer in buyers
    ]
    answers = at_once(calls)  # 260 each of 500
    assert statuses(answers) == {201: 1, 409: 5}
    assert {str(answer.json()["items"][0]["requested"]) for answer in answers if answer.status_code == 409} == {"260"}
    assert shelf(pepsi) == (500, 260)
    assert not broken_promises()


@pytest.mark.embedded
def test_lines_in_any_order_never_wait_for_each_other_in_a_circle(vendor: Person, pepsi: Product) -> None:
    products = [pepsi, *(ProductFactory(vendor=vendor.of) for _ in range(4))]
    buyers = [a_retailer(f"Shop {number}") for number in range(6)]
    calls = []
    for number, buyer in enumerate(buyers):
        lines = [{"product": product.reference, "quantity": 1} for product in (products if number % 2 else products[::-1])]
        terms = {"address": AddressFactory(retailer=buyer.of).pk, "payment_method": "cash_on_delivery"}
        calls.append(sending(buyer, "/api/orders", {"items": lines, **terms}))
    assert statuses(at_once(calls)) == {201: 6}
    assert not broken_promises()


@pytest.mark.embedded
def test_at_most_20_unpaid_orders_however_many_are_placed_at_once(retailer: Person, pepsi: Product, body: dict[str, Any]) -> None:
    wanted = {**body, "items": [{"product": pepsi.reference, "quantity": 1}]}
    for _ in range(18):
        an_order(retailer.of, pepsi, quantity=1, status="pending_payment")
    answers = at_once([sending(retailer, "/api/orders", wanted) for _ in range(6)])
    assert statuses(answers) == {201: 2, 409: 4}
    assert Order.objects.filter(status="pending_payment").count() == 20


@pytest.mark.production
def test_control_without_the_carts_lock_there_are_more(
    retailer: Person, pepsi: Product, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_counted = threading.Barrier(4)

    def open_after_all_counted(**facts: Any) -> Payment:
        everybody_has_counted.wait(timeout=SECONDS)
        return open_payment(**facts)

    open_payment = owing.open_payment
    monkeypatch.setattr(placing, "lock_cart", lambda retailer: None)
    monkeypatch.setattr(owing, "open_payment", open_after_all_counted)
    for _ in range(19):
        an_order(retailer.of, pepsi, quantity=1, status="pending_payment")
    assert statuses(at_once([sending(retailer, "/api/orders", body) for _ in range(4)])) == {201: 4}
    assert Order.objects.filter(status="pending_payment").count() > placing.MOST_UNPAID


@pytest.mark.embedded
def test_a_cart_is_checked_out_once(retailer: Person, pepsi: Product, address: Address) -> None:
    put(retailer, pepsi, 10)
    terms = {"address": address.pk, "payment_method": "cash_on_delivery"}
    answers = at_once([sending(retailer, "/api/checkout", terms) for _ in range(4)])
    assert statuses(answers) == {201: 1, 422: 3}
    assert (Order.objects.count(), shelf(pepsi), CartItem.objects.count()) == (1, (500, 10), 0)


@pytest.mark.production
def test_control_without_its_lock_a_cart_is_checked_out_several_times(
    retailer: Person, pepsi: Product, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = threading.Barrier(3)

    def open_after_all_read(**facts: Any) -> Payment:
        everybody_has_read.wait(timeout=SECONDS)
        return open_payment(**facts)

    def unlocked(retailer: Retailer) -> Cart:
        return Cart.objects.get(pk=retailer.pk)

    open_payment = owing.open_payment
    put(retailer, pepsi, 10)
    monkeypatch.setattr(placing, "lock_cart", unlocked)
    monkeypatch.setattr(owing, "open_payment", open_after_all_read)
    terms = {"address": address.pk, "payment_method": "cash_on_delivery"}
    assert statuses(at_once([sending(retailer, "/api/checkout", terms) for _ in range(3)])) == {201: 3}
    assert Order.objects.count() == 3


@pytest.mark.embedded
def test_one_of_cancelling_accepting_and_expiry_wins(retailer: Person, vendor: Person, pepsi: Product) -> None:
    for _ in range(ROUNDS):
        refunds = Refund.objects.count()
        order = an_order(retailer.of, pepsi, accept_by=clock.now() - timedelta(minutes=1))
        path = f"/api/orders/{order.reference}"
        cancelled, accepted, _ = at_once([sending(retailer, f"{path}/cancel"), sending(vendor, f"{path}/accept"), expiry.cancel_unaccepted])
        order.refresh_from_db()
        is_taken = order.status == "processing"
        assert history(order) == ["orders.accepted" if is_taken else "orders.cancelled"]
        assert sorted([cancelled.status_code, accepted.status_code]) in ([200, 409], [409, 409])
        assert accepted.status_code == (200 if is_taken else 409)
        assert Refund.objects.count() == refunds + (not is_taken)
        assert holds_stock(order) == is_taken


@pytest.mark.production
def test_control_without_the_orders_lock_both_cancelling_and_accepting_win(
    retailer: Person, vendor: Person, pepsi: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = threading.Barrier(2)

    def unlocked(order_id: int) -> Order:
        order = Order.objects.select_related("payment", "retailer__company", "vendor__company").get(pk=order_id)
        both_have_read.wait(timeout=SECONDS)
        return order

    monkeypatch.setattr(life, "lock_order", unlocked)
    order = an_order(retailer.of, pepsi)
    path = f"/api/orders/{order.reference}"
    answers = at_once([sending(retailer, f"{path}/cancel"), sending(vendor, f"{path}/accept")])
    assert statuses(answers) == {200: 2}
    assert sorted(history(order)) == ["orders.accepted", "orders.cancelled"]
    assert any(name.startswith("T1") for name in broken_promises())


@pytest.mark.embedded
def test_cancelling_against_paying_never_keeps_money_for_nothing(retailer: Person, pepsi: Product, body: dict[str, Any]) -> None:
    for _ in range(ROUNDS):
        order = post(retailer, "/api/orders", body).json()
        confirm = f"/api/payments/{order['payment']['id']}/confirm"
        paid, cancelled = at_once(
            [sending(retailer, confirm, {"token": "tok_visa"}), sending(retailer, f"/api/orders/{order['id']}/cancel")]
        )
        row = Order.objects.get(pk=int(order["id"][3:]))
        assert paid.status_code in {200, 409}
        assert cancelled.status_code in {200, 409}
        assert row.status == ("cancelled" if cancelled.status_code == 200 else "pending")
        taken = row.payment.amount_paid
        assert taken == (row.total if paid.status_code == 200 else 0)
        if row.status == "cancelled":
            assert Refund.objects.filter(payment=row.payment).count() == (taken > 0)
    assert not broken_promises()


@pytest.mark.embedded
def test_paying_twice_at_once_charges_once(retailer: Person, body: dict[str, Any]) -> None:
    order = post(retailer, "/api/orders", body).json()
    confirm = f"/api/payments/{order['payment']['id']}/confirm"
    answers = at_once([sending(retailer, confirm, {"token": "tok_visa"}) for _ in range(5)])
    assert set(statuses(answers)) <= {200, 202, 409}
    assert BankCharge.objects.count() == 1
    row = Order.objects.get()
    assert (row.status, row.payment.amount_paid) == ("pending", row.total)
    assert history(row) == ["orders.placed", "orders.paid"]
    assert not broken_promises()


@pytest.mark.embedded
def test_the_same_task_five_times_at_once_acts_once(retailer: Person, pepsi: Product) -> None:
    late = clock.now() - timedelta(minutes=1)
    orders = [an_order(retailer.of, pepsi, accept_by=late) for _ in range(3)]
    at_once([expiry.remind_unaccepted] * 5)
    assert [history(order) for order in orders] == [["orders.acceptance_due"]] * 3
    at_once([expiry.cancel_unaccepted] * 5)
    assert [history(order) for order in orders] == [["orders.acceptance_due", "orders.cancelled"]] * 3
    assert (Refund.objects.count(), shelf(pepsi)) == (3, (500, 0))


def holds_stock(order: Order) -> bool:
    """What the ledger says."""
    return set(StockMovement.objects.filter(order=order.reference).values_list("kind", flat=True)) == {"reserved"}
