"""Calling an order off: who may until when, and where goods and money go."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.models import Product
from orders.statuses import OrderStatus
from payments.models import PaymentAttempt, Refund
from tests.cast import Person
from tests.factories.deals import a_payment, an_order
from tests.orders.given import history, post, shelf

pytestmark = pytest.mark.embedded
REASON = {"reason": "The shop has closed"}


def test_a_retailer_cancels_before_acceptance_without_saying_why(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, quantity=100)
    answer = post(retailer, f"/api/orders/{order.reference}/cancel")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "cancelled", "")
    assert shelf(pepsi) == (500, 0)
    refund = Refund.objects.get()
    assert (refund.amount, refund.part) == (order.total, order.reference)
    assert history(order) == ["orders.cancelled"]


@pytest.mark.parametrize("status", ["processing", "ready", "picked_up", "out_for_delivery", "completed"])
def test_a_retailer_cannot_cancel_what_its_vendor_has_accepted(retailer: Person, pepsi: Product, status: str) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    stood = shelf(pepsi)
    answer = post(retailer, f"/api/orders/{order.reference}/cancel", REASON)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (409, "invalid_transition", status)
    assert (shelf(pepsi), history(order), Refund.objects.count()) == (stood, [], 0)


@pytest.mark.parametrize("status", ["pending_payment", "pending", "processing", "ready"])
def test_staff_cancel_until_pick_up(retailer: Person, staff: Person, pepsi: Product, status: str) -> None:
    order = an_order(retailer.of, pepsi, status=status)
    answer = post(staff, f"/api/orders/{order.reference}/cancel", REASON)
    assert (answer.status_code, answer.json()["reason"]) == (200, "The shop has closed")
    assert shelf(pepsi) == (500, 0)


def test_staff_must_say_why(retailer: Person, staff: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    answer = post(staff, f"/api/orders/{order.reference}/cancel")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["reason"])
    order.refresh_from_db()
    assert (order.status, history(order)) == ("pending", [])


def test_an_unpaid_payment_shrinks_and_is_cancelled_with_its_last_order(retailer: Person, pepsi: Product, cola: Product) -> None:
    payment = a_payment(retailer.of, Decimal("504.00") + Decimal("766.50"))
    first = an_order(retailer.of, pepsi, quantity=10, status="pending_payment", payment=payment)
    second = an_order(retailer.of, cola, quantity=20, status="pending_payment", payment=payment)
    post(retailer, f"/api/orders/{first.reference}/cancel")
    payment.refresh_from_db()
    assert (payment.amount, payment.status) == (Decimal("766.50"), "unpaid")
    post(retailer, f"/api/orders/{second.reference}/cancel")
    payment.refresh_from_db()
    assert (payment.amount, payment.status) == (0, "cancelled")
    assert not Refund.objects.exists()


def test_refuses_while_an_attempt_to_pay_is_live(retailer: Person, staff: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, status="pending_payment")
    PaymentAttempt.objects.create(payment=order.payment, amount=order.total, token="tok_late", gateway="sandbox", status="unknown")
    order.payment.status = "processing"
    order.payment.save()
    for who, body in ((retailer, {}), (staff, REASON)):
        answer = post(who, f"/api/orders/{order.reference}/cancel", body)
        assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (409, "invalid_transition", "processing")
    order.refresh_from_db()
    assert (order.status, order.payment.amount, shelf(pepsi), history(order)) == ("pending_payment", order.total, (500, 10), [])


def test_only_the_orders_own_part_of_a_shared_payment_goes_back(retailer: Person, pepsi: Product, cola: Product) -> None:
    payment = a_payment(retailer.of, Decimal("1270.50"), status="paid")
    first = an_order(retailer.of, pepsi, quantity=10, payment=payment)
    second = an_order(retailer.of, cola, quantity=20, payment=payment)
    post(retailer, f"/api/orders/{first.reference}/cancel")
    assert [(refund.amount, refund.part) for refund in Refund.objects.all()] == [(Decimal("504.00"), first.reference)]
    second.refresh_from_db()
    assert (second.status, shelf(cola)) == (OrderStatus.PENDING, (200, 20))


def test_staff_may_have_given_a_part_back_before(retailer: Person, staff: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, quantity=10)
    assert post(staff, f"/api/payments/{order.payment.reference}/refund", {"amount": "100.00", "reason": "Goodwill"}).status_code == 200
    assert post(retailer, f"/api/orders/{order.reference}/cancel").status_code == 200
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [Decimal("100.00"), order.total - 100]


def test_cancelling_twice_refunds_once(retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    assert [post(retailer, f"/api/orders/{order.reference}/cancel").status_code for _ in range(2)] == [200, 409]
    assert Refund.objects.count() == 1
    assert shelf(pepsi) == (500, 0)
