"""Paying by Stripe over HTTP: our server processes, the official SDK, and localstripe as the bank that also posts its webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.cache import cache

from aqad.core.invariants import violations
from orders.models import Order
from payments.models import GatewayMessage, Payment, PaymentAttempt, Refund
from tests.cast import Person
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory
from tests.outside.application import run
from tests.outside.processes import until
from tests.outside.stripes import Stripe
from tests.races.servers import Server, serving

pytestmark = [pytest.mark.production, pytest.mark.alone, pytest.mark.django_db(transaction=True)]
# Time passes: the reconciler's turn has come.
RECONCILE = """
from datetime import timedelta
from aqad.core import clock
from payments.actions import reconciling
with clock.living_at(clock.now() + timedelta(minutes=5)):
    print(reconciling.ask_about_open())
"""


@pytest.fixture(scope="module")
def stripe() -> Iterator[Stripe]:
    server = Stripe()
    try:
        yield server.start()
    finally:
        server.end()


@pytest.fixture(scope="module")
def app(stripe: Stripe, django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving(workers=1, **stripe.settings) as running:
        stripe.tells(f"{running.url}/api/payments/webhooks/stripe")
        yield running


@pytest.fixture
def order(app: Server, vendor: Person, retailer: Person) -> Iterator[Order]:
    """Waits for its payment. Afterwards every promise holds."""
    cache.clear()
    product = ProductFactory(vendor=vendor.of, on_hand=100)
    body = {
        "items": [{"product": product.reference, "quantity": 10}],
        "address": AddressFactory(retailer=retailer.of).pk,
        "payment_method": "card",
    }
    answer = app.client(retailer).post("/api/orders", json=body)
    assert answer.status_code == 201, answer.text
    yield Order.objects.get()
    assert {name: rows for name, rows in violations() if rows} == {}


def confirm(app: Server, person: Person, payment: Payment, token: str) -> httpx.Response:
    return app.client(person).post(f"/api/payments/{payment.reference}/confirm", json={"token": token})


def told(kind: str) -> bool:
    return GatewayMessage.objects.filter(kind=kind, handled_at__isnull=False).exists()


def test_a_good_card_pays_once_and_the_webhook_changes_nothing_more(stripe: Stripe, app: Server, retailer: Person, order: Order) -> None:
    answer = confirm(app, retailer, order.payment, stripe.card("good"))
    assert (answer.status_code, answer.json()["status"]) == (200, "paid")
    attempt = PaymentAttempt.objects.get()
    until(lambda: told("payment_intent.succeeded"))
    [intent] = stripe.intents_of(str(attempt.pk))
    assert (intent["id"], intent["amount"], intent["currency"]) == (attempt.gateway_reference, int(order.total * 100), "aed")
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_paid) == ("paid", order.total)
    assert Order.objects.get().status == "pending"


def test_a_declined_card_fails_the_order_and_gives_the_stock_back(stripe: Stripe, app: Server, retailer: Person, order: Order) -> None:
    answer = confirm(app, retailer, order.payment, stripe.card("declined"))
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_declined")
    assert PaymentAttempt.objects.get().decline_code == "card_declined"
    assert Payment.objects.get().amount_paid == 0
    order.refresh_from_db()
    assert order.status == "failed"
    assert order.lines.get().product.stock.reserved == 0


def test_a_payer_who_approves_on_the_banks_page_has_paid_when_the_webhook_says_so(
    stripe: Stripe, app: Server, retailer: Person, order: Order
) -> None:
    answer = confirm(app, retailer, order.payment, stripe.card("asks"))
    reference = PaymentAttempt.objects.get().gateway_reference
    assert (answer.status_code, answer.json()["status"]) == (202, "requires_action")
    assert answer.json()["redirect_url"] == f"https://hooks.stripe.test/{reference}"
    stripe.approve(reference, yes=True)
    until(lambda: told("payment_intent.succeeded"))
    until(lambda: Payment.objects.get().status == "paid")
    assert Order.objects.get().status == "pending"


def test_a_payer_who_refuses_on_the_banks_page_has_failed_when_the_reconciler_asks(
    stripe: Stripe, app: Server, retailer: Person, order: Order
) -> None:
    confirm(app, retailer, order.payment, stripe.card("asks"))
    stripe.approve(PaymentAttempt.objects.get().gateway_reference, yes=False)
    run(RECONCILE, **stripe.settings)
    assert Payment.objects.get().status == "failed"
    assert Order.objects.get().status == "failed"


def test_a_lost_answer_is_asked_for_again_under_the_same_key_and_charges_once(
    stripe: Stripe, app: Server, retailer: Person, order: Order
) -> None:
    token = stripe.card("good")
    stripe.keys.clear()
    stripe.loses_an_answer = True
    answer = confirm(app, retailer, order.payment, token)
    assert (answer.status_code, answer.json()["status"]) == (200, "paid")
    attempt = PaymentAttempt.objects.get()
    assert stripe.keys == [str(attempt.pk)] * 2
    assert len(stripe.intents_of(str(attempt.pk))) == 1


def test_money_goes_back_in_parts_and_each_part_once(stripe: Stripe, app: Server, retailer: Person, staff: Person, order: Order) -> None:
    confirm(app, retailer, order.payment, stripe.card("good"))
    reference = PaymentAttempt.objects.get().gateway_reference
    for amount in ("1.05", "2.00"):
        sent = app.client(staff).post(f"/api/payments/{order.payment.reference}/refund", json={"amount": amount, "reason": "Spoilt"})
        assert sent.status_code == 200, sent.text
    run("from payments.actions import sending; sending.send_waiting()", **stripe.settings)
    assert sorted(stripe.refunds_of(reference)) == [105, 200]
    assert set(Refund.objects.values_list("status", flat=True)) == {"done"}
    assert Payment.objects.get().status == "partially_refunded"


def test_a_forged_webhook_is_refused_and_changes_nothing(stripe: Stripe, app: Server, retailer: Person, order: Order) -> None:
    confirm(app, retailer, order.payment, stripe.card("asks"))
    message = {"id": "evt_forged", "object": "event", "type": "payment_intent.succeeded", "data": {"object": {"object": "payment_intent"}}}
    forged = httpx.post(f"{app.url}/api/payments/webhooks/stripe", json=message, headers={"Stripe-Signature": "t=1,v1=00"})
    assert forged.status_code == 400
    assert not GatewayMessage.objects.filter(message_id="evt_forged").exists()
    assert Payment.objects.get().status == "requires_action"
