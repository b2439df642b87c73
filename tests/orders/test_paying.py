"""What the bank says becomes of the orders; the door that says it is the orders' own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from aqad.audit.models import Event
from catalog.models import Product
from orders.actions import settling
from orders.models import Order
from payments.models import BankCharge, PaymentAttempt, Refund
from tests.cast import Person
from tests.factories.deals import a_payment, an_order
from tests.orders.given import broken_promises, history, post, shelf
from tests.orders.test_cart import put

pytestmark = pytest.mark.embedded


@pytest.fixture
def order(retailer: Person, body: dict[str, Any]) -> Order:
    post(retailer, "/api/orders", body)
    return Order.objects.get()


def confirm(who: Person, order: Order, card: str = "tok_visa", key: str | None = None) -> Any:
    return post(who, f"/api/payments/{order.payment.reference}/confirm", {"token": card}, key=key)


def test_a_paid_order_is_its_vendors_to_accept(retailer: Person, vendor: Person, pepsi: Product, order: Order) -> None:
    answer = confirm(retailer, order)
    assert (answer.status_code, answer.json()["status"], answer.json()["orders"]) == (200, "paid", [order.reference])
    order.refresh_from_db()
    assert (order.status, order.accept_by) == ("pending", order.released_at + timedelta(hours=48))
    assert history(order) == ["orders.placed", "orders.paid"]
    assert vendor.api.get(f"/api/orders/{order.reference}").json()["payment"]["status"] == "paid"
    assert shelf(pepsi) == (500, 100)
    assert not broken_promises()


@pytest.mark.parametrize("token", ["tok_declined", "tok_insufficient_funds"])
def test_a_declined_order_fails_and_its_stock_is_free(retailer: Person, vendor: Person, pepsi: Product, order: Order, token: str) -> None:
    answer = confirm(retailer, order, token)
    body = answer.json()
    assert (answer.status_code, body["success"], body["code"], body["message"]) == (
        402,
        False,
        "payment_declined",
        "The payment was declined.",
    )
    assert (body["payment"]["status"], [(o["id"], o["status"]) for o in body["orders"]]) == ("failed", [(order.reference, "failed")])
    order.refresh_from_db()
    assert (order.status, order.reason) == ("failed", "The payment was declined.")
    assert shelf(pepsi) == (500, 0)
    assert vendor.api.get(f"/api/orders/{order.reference}").status_code == 404
    assert confirm(retailer, order).status_code == 409
    assert not broken_promises()


def test_all_orders_of_a_checkout_share_their_payments_fate(retailer: Person, pepsi: Product, cola: Product, address: Any) -> None:
    for token, status, stood in (("tok_declined", "failed", (0, 0)), ("tok_visa", "pending", (10, 20))):
        put(retailer, pepsi, 10)
        put(retailer, cola, 20)
        bought = post(retailer, "/api/checkout", {"address": address.pk, "payment_method": "card"}).json()
        post(retailer, f"/api/payments/{bought['payment']['id']}/confirm", {"token": token})
        orders = [retailer.api.get(f"/api/orders/{order['id']}").json() for order in bought["orders"]]
        assert [order["status"] for order in orders] == [status, status]
        assert (shelf(pepsi)[1], shelf(cola)[1]) == stood
    assert not broken_promises()


@pytest.mark.parametrize(("token", "status"), [("tok_3ds", "requires_action"), ("tok_timeout", "processing"), ("tok_late", "processing")])
def test_what_the_bank_leaves_open_keeps_the_stock_reserved(
    retailer: Person, pepsi: Product, order: Order, token: str, status: str
) -> None:
    answer = confirm(retailer, order, token)
    assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert bool(answer.json()["redirect_url"]) == (token == "tok_3ds")
    order.refresh_from_db()
    assert (order.status, shelf(pepsi)) == ("pending_payment", (500, 100))
    again = confirm(retailer, order)
    assert (again.status_code, again.json()["status"]) == (202, status)
    assert BankCharge.objects.count() == 1


def test_a_paid_payment_cannot_be_paid_again(retailer: Person, order: Order) -> None:
    confirm(retailer, order)
    answer = confirm(retailer, order)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (409, "invalid_transition", "paid")
    assert BankCharge.objects.count() == 1


def test_cash_cannot_be_confirmed(retailer: Person, body: dict[str, Any]) -> None:
    order = post(retailer, "/api/orders", {**body, "payment_method": "cash_on_delivery"}).json()
    answer = post(retailer, f"/api/payments/{order['payment']['id']}/confirm", {"token": "tok_visa"})
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    assert not PaymentAttempt.objects.exists()


@pytest.mark.parametrize("token", ["tok_unheard_of", "", None, 5, ["tok_visa"], "x" * 300])
def test_refuses_a_token_that_the_bank_does_not_know(retailer: Person, pepsi: Product, order: Order, token: object) -> None:
    answer = post(retailer, f"/api/payments/{order.payment.reference}/confirm", {"token": token})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["token"])
    order.refresh_from_db()
    assert (order.status, order.payment.status, shelf(pepsi)) == ("pending_payment", "unpaid", (500, 100))


def test_a_declined_answer_is_kept_under_its_key(retailer: Person, order: Order) -> None:
    first = confirm(retailer, order, "tok_declined", key="once")
    again = confirm(retailer, order, "tok_declined", key="once")
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (402, first.json(), "true")
    assert confirm(retailer, order, "tok_visa", key="once").json()["code"] == "idempotency_mismatch"
    assert PaymentAttempt.objects.count() == 1


def test_only_its_retailer_pays(
    retailer: Person, rival_retailer: Person, vendor: Person, staff: Person, dispatcher: Person, order: Order
) -> None:
    for who, status in ((rival_retailer, 404), (vendor, 403), (staff, 403), (dispatcher, 403)):
        assert confirm(who, order).status_code == status
    assert confirm(rival_retailer, order).json() == post(rival_retailer, "/api/payments/PAY99999/confirm", {"token": "tok_visa"}).json()
    assert not PaymentAttempt.objects.exists()


def test_the_eleventh_try_of_a_minute_is_one_too_many(retailer: Person, order: Order) -> None:
    answers = [confirm(retailer, order, "tok_unheard_of") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == [*map(str, range(9, -1, -1)), "0"]
    refused = answers[-1]
    assert (refused.json()["code"], refused.json()["message"], refused.headers["RateLimit-Limit"]) == (
        "rate_limited",
        "Rate limit exceeded",
        "10",
    )
    assert refused.json()["retryAfter"] == int(refused.headers["Retry-After"])


@override_settings(RATE_LIMIT_SCALE=20.0)
def test_the_limit_is_scaled(retailer: Person, order: Order) -> None:
    assert [confirm(retailer, order, "tok_unheard_of").status_code for _ in range(11)] == [422] * 11


def test_the_limit_counts_each_person_alone(retailer: Person, rival_retailer: Person, order: Order) -> None:
    for _ in range(11):
        confirm(rival_retailer, order)
    assert confirm(retailer, order).status_code == 200


def test_money_for_an_order_that_has_ended_goes_back_and_revives_nothing(retailer: Person, pepsi: Product, cola: Product) -> None:
    payment = a_payment(retailer.of, Decimal("1270.50"), status="paid")
    ended = an_order(retailer.of, pepsi, quantity=10, status="cancelled", payment=payment)
    waiting = an_order(retailer.of, cola, quantity=20, status="pending_payment", payment=payment)
    settling.mark_paid(payment, actor=retailer.actor)
    ended.refresh_from_db()
    waiting.refresh_from_db()
    assert (ended.status, waiting.status) == ("cancelled", "pending")
    assert [(refund.amount, refund.part) for refund in Refund.objects.all()] == [(Decimal("504.00"), ended.reference)]
    settling.mark_paid(payment, actor=retailer.actor)
    assert Refund.objects.count() == 1
    assert history(ended) == []


def test_what_was_cancelled_unpaid_is_not_refunded(retailer: Person, pepsi: Product, cola: Product, address: Any) -> None:
    put(retailer, pepsi, 10)
    put(retailer, cola, 20)
    bought = post(retailer, "/api/checkout", {"address": address.pk, "payment_method": "card"}).json()
    post(retailer, f"/api/orders/{bought['orders'][0]['id']}/cancel")
    paid = post(retailer, f"/api/payments/{bought['payment']['id']}/confirm", {"token": "tok_visa"}).json()
    assert (paid["amount"], paid["amount_paid"], paid["status"]) == ("766.50", "766.50", "paid")
    assert not Refund.objects.exists()
    assert not broken_promises()


def test_each_step_is_on_record_once(retailer: Person, order: Order) -> None:
    confirm(retailer, order)
    verbs = list(Event.objects.filter(subject=order.reference).values_list("verb", flat=True))
    assert sorted(verbs) == ["orders.paid", "orders.placed"]
