"""The sandbox bank's messages are real signed POSTs, repeated until somebody answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test.testcases import LiveServerThread

from aqad.core import clock
from payments.actions import receiving
from payments.gateways import posting
from payments.models import BankWebhook, GatewayMessage
from tests.cast import Person
from tests.payments.given import RECONCILER, confirm, owed


@pytest.fixture
def served(live_server: Any, settings: Any) -> Iterator[LiveServerThread]:
    settings.PUBLIC_URL = live_server.url
    return live_server


@pytest.mark.django_db(transaction=True)
def test_a_waiting_message_arrives_and_settles(served: Any, retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    assert posting.post_waiting() == 1
    message = GatewayMessage.objects.get()
    receiving.handle(message.pk, actor=RECONCILER)
    payment.refresh_from_db()
    assert payment.status == "paid"
    assert posting.post_waiting() == 0


def test_a_message_that_finds_nobody_comes_round_again(retailer: Person, settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.PUBLIC_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    confirm(owed(retailer), "tok_timeout", retailer)
    assert posting.post_waiting() == 0
    message = BankWebhook.objects.get()
    assert (message.tries, message.sent_at) == (1, None)
    assert message.send_at > clock.now() + timedelta(seconds=5)


def test_a_late_message_is_not_posted_before_its_time(retailer: Person) -> None:
    confirm(owed(retailer), "tok_late", retailer)
    assert posting.post_waiting() == 0
    assert BankWebhook.objects.get().tries == 0
