"""When nobody does anything: unpaid orders fail, unaccepted ones are reminded of and then cancelled; repeats change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aqad.audit.models import Event
from aqad.core import clock
from catalog.models import Product
from orders import tasks
from orders.models import Order
from payments.models import Payment, Refund
from tests.cast import Person
from tests.factories.deals import an_order
from tests.orders.given import broken_promises, history, post, shelf

pytestmark = pytest.mark.embedded


@pytest.fixture
def order(retailer: Person, body: dict[str, Any]) -> Order:
    post(retailer, "/api/orders", body)
    return Order.objects.get()


@pytest.fixture
def paid(retailer: Person, order: Order) -> Order:
    post(retailer, f"/api/payments/{order.payment.reference}/confirm", {"token": "tok_visa"})
    order.refresh_from_db()
    return order


def in_the_future(**delta: float) -> Any:
    return clock.living_at(clock.now() + timedelta(**delta))


def test_an_unpaid_order_fails_when_its_time_is_over(pepsi: Product, order: Order) -> None:
    with in_the_future(minutes=29):
        tasks.expire_unpaid()
    order.refresh_from_db()
    assert (order.status, shelf(pepsi)) == ("pending_payment", (500, 100))
    with in_the_future(minutes=30, seconds=1):
        for _ in range(5):
            tasks.expire_unpaid()
    order.refresh_from_db()
    assert (order.status, order.reason, order.payment.status) == ("failed", "It was not paid in time.", "failed")
    assert shelf(pepsi) == (500, 0)
    assert history(order) == ["orders.placed", "orders.failed"]
    assert Event.objects.get(verb="orders.failed").actor == "System expiry"
    assert not broken_promises()


@pytest.mark.parametrize(("token", "status"), [("tok_3ds", "failed"), ("tok_timeout", "pending")])
def test_expiry_believes_the_bank(retailer: Person, pepsi: Product, order: Order, token: str, status: str) -> None:
    """An approval that never came is cancelled at the bank first; money that was taken after all pays."""
    post(retailer, f"/api/payments/{order.payment.reference}/confirm", {"token": token})
    with in_the_future(minutes=31):
        tasks.expire_unpaid()
        tasks.expire_unpaid()
    order.refresh_from_db()
    assert (order.status, shelf(pepsi)) == (status, (500, 100 if status == "pending" else 0))
    assert not broken_promises()


def test_cash_orders_have_no_time_to_pay(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, method="cash_on_delivery")
    with in_the_future(hours=40):
        tasks.expire_unpaid()
    order.refresh_from_db()
    assert order.status == "pending"


def test_what_no_vendor_accepts_is_cancelled_and_refunded(pepsi: Product, paid: Order) -> None:
    with in_the_future(hours=47):
        tasks.cancel_unaccepted()
    paid.refresh_from_db()
    assert paid.status == "pending"
    with in_the_future(hours=48, seconds=1):
        for _ in range(5):
            tasks.cancel_unaccepted()
    paid.refresh_from_db()
    assert (paid.status, paid.reason) == ("cancelled", "The vendor did not accept it in time.")
    assert shelf(pepsi) == (500, 0)
    refund = Refund.objects.get()
    assert (refund.amount, refund.part) == (paid.total, paid.reference)
    assert history(paid) == ["orders.placed", "orders.paid", "orders.cancelled"]
    assert not broken_promises()


def test_an_accepted_order_is_left_alone(vendor: Person, pepsi: Product, paid: Order) -> None:
    post(vendor, f"/api/orders/{paid.reference}/accept")
    with in_the_future(hours=100):
        tasks.cancel_unaccepted()
        tasks.remind_unaccepted()
    paid.refresh_from_db()
    assert (paid.status, shelf(pepsi), Refund.objects.count()) == ("processing", (500, 100), 0)


def test_the_vendor_is_reminded_once_at_half_the_time(vendor: Person, paid: Order) -> None:
    with in_the_future(hours=23):
        tasks.remind_unaccepted()
    assert not Event.objects.filter(verb="orders.acceptance_due").exists()
    with in_the_future(hours=24, seconds=1):
        for _ in range(5):
            tasks.remind_unaccepted()
    event = Event.objects.get(verb="orders.acceptance_due")
    assert (event.subject, event.actor) == (paid.reference, "System expiry")
    paid.refresh_from_db()
    assert paid.status == "pending"


def test_every_order_has_a_transaction_of_its_own(retailer: Person, pepsi: Product) -> None:
    """One that cannot be refunded (its money was never booked) does not keep the others."""
    broken = an_order(retailer.of, pepsi)
    broken.payment.attempts.all().delete()
    whole = an_order(retailer.of, pepsi)
    with in_the_future(hours=49):
        assert tasks.cancel_unaccepted() == 1
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.status, whole.status) == ("pending", "cancelled")
    assert (history(broken), history(whole)) == ([], ["orders.cancelled"])


def test_handles_more_than_one_batch(retailer: Person, pepsi: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.actions.expiry.BATCH", 2)
    orders = [an_order(retailer.of, pepsi, quantity=1, status="pending_payment") for _ in range(5)]
    with in_the_future(minutes=31):
        assert tasks.expire_unpaid() == 5
    assert set(Order.objects.filter(pk__in=[o.pk for o in orders]).values_list("status", flat=True)) == {"failed"}
    assert set(Payment.objects.values_list("status", flat=True)) == {"failed"}


def test_beat_knows_the_tasks() -> None:
    from django.conf import settings

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.expire_unpaid.name, tasks.cancel_unaccepted.name, tasks.remind_unaccepted.name} <= scheduled
