"""The words that travel up are heard, once, by those who must act on them; nobody listening is an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.dispatch import Signal

from aqad.core.signals import NobodyListens
from catalog.models import Product
from orders.actions import life
from orders.actions.locking import lock_order
from orders.models import Order
from orders.signals import order_closed, order_ready
from payments.signals import payment_settled
from tests.cast import Person
from tests.factories.deals import an_order
from tests.orders.given import history, shelf

pytestmark = pytest.mark.embedded


@contextmanager
def heard(signal: Signal) -> Iterator[list[Order]]:
    said: list[Order] = []

    def listen(sender: Any, order: Order, **_: Any) -> None:
        said.append(order)

    signal.connect(listen)
    try:
        yield said
    finally:
        signal.disconnect(listen)


@contextmanager
def nobody_listening(signal: Signal) -> Iterator[None]:
    receivers, signal.receivers = signal.receivers, []
    signal.sender_receivers_cache.clear()
    try:
        yield
    finally:
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()


def listeners(signal: Signal) -> set[str]:
    live, _ = signal._live_receivers(None)
    return {f"{receiver.__module__}.{receiver.__name__}" for receiver in live}


def test_who_listens() -> None:
    assert listeners(payment_settled) == {"orders.receivers.on_payment_settled"}
    assert listeners(order_ready) == {"deliveries.receivers.on_order_ready"}
    assert listeners(order_closed) == {"deliveries.receivers.on_order_closed"}


def test_a_ready_order_is_announced_once(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="processing")
    with heard(order_ready) as said:
        life.make_ready(order.pk, actor=vendor.actor)
    assert said == [order]


def test_an_end_before_pick_up_is_announced_once(retailer: Person, vendor: Person, pepsi: Product) -> None:
    rejected, cancelled = an_order(retailer.of, pepsi), an_order(retailer.of, pepsi)
    with heard(order_closed) as said:
        life.reject(rejected.pk, reason="Sold out", actor=vendor.actor)
        life.cancel(cancelled.pk, actor=retailer.actor)
    assert said == [rejected, cancelled]


def test_a_return_is_the_deliverys_own_word(retailer: Person, driver: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="picked_up")
    with heard(order_closed) as said, transaction.atomic():
        life.mark_returned(lock_order(order.pk), actor=driver.actor)
    assert said == []


def test_a_word_that_nobody_hears_undoes_the_step(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="processing")
    with nobody_listening(order_ready), pytest.raises(NobodyListens):
        life.make_ready(order.pk, actor=vendor.actor)
    order.refresh_from_db()
    assert (order.status, history(order)) == ("processing", [])


def test_a_listener_that_fails_undoes_the_step(retailer: Person, vendor: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)

    def fail(**_: Any) -> None:
        raise RuntimeError("no carrier")

    order_closed.connect(fail)
    try:
        with pytest.raises(RuntimeError, match="no carrier"):
            life.reject(order.pk, reason="Sold out", actor=vendor.actor)
    finally:
        order_closed.disconnect(fail)
    order.refresh_from_db()
    assert (order.status, shelf(pepsi), history(order)) == ("pending", (500, 10), [])
