"""Money on its way back: never more than was taken, sent under one key until the bank has said yes or no."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.errors import InvalidTransition
from payments.actions import cash, owing, refunding, sending
from payments.errors import NothingTaken, TooMuch
from payments.gateways.base import Kind, NoAnswer, Outcome, RefundOutcome
from payments.models import BankRefund, Payment, Refund
from payments.statuses import Method
from tests.cast import Person
from tests.payments.given import AMOUNT, RECONCILER, confirm, owed, paid

pytestmark = pytest.mark.embedded


def ask(payment: Payment, amount: Decimal | str, who: Person, part: str = "") -> Refund | None:
    with transaction.atomic():
        locked = owing.lock_payment(payment.pk)
        return refunding.request_refund(locked, amount=Decimal(amount), part=part, reason="damaged", actor=who.actor)


def test_a_whole_refund_comes_back(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    ask(payment, AMOUNT, staff)
    assert sending.send_waiting() == 1
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("refunded", AMOUNT)
    assert BankRefund.objects.get().key == str(Refund.objects.get().pk)
    assert sending.send_waiting() == 0


def test_parts_add_up_to_the_whole(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    states = []
    for amount in ("40.00", "1000.00", "4000.00"):
        ask(payment, amount, staff)
        sending.send_waiting()
        payment.refresh_from_db()
        states.append((payment.status, str(payment.amount_refunded)))
    assert states == [("partially_refunded", "40.00"), ("partially_refunded", "1040.00"), ("refunded", "5040.00")]


@pytest.mark.parametrize("amount", ["5040.01", "9999.00"])
def test_refuses_more_than_was_taken(retailer: Person, staff: Person, amount: str) -> None:
    payment = paid(retailer)
    with pytest.raises(TooMuch) as refusal:
        ask(payment, amount, staff)
    assert list(refusal.value.errors) == ["amount"]
    assert not Refund.objects.exists()


def test_counts_what_is_already_on_its_way(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    ask(payment, "5000.00", staff)
    with pytest.raises(TooMuch, match=r"40\.00"):
        ask(payment, "40.01", staff)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("token", [None, "tok_declined", "tok_timeout"])
def test_refuses_before_anything_was_taken(retailer: Person, staff: Person, token: str | None) -> None:
    payment = owed(retailer)
    if token:
        confirm(payment, token, retailer)
    with pytest.raises(NothingTaken):
        ask(payment, "1.00", staff)
    assert not Refund.objects.exists()


def test_an_order_that_ended_gets_back_what_staff_have_not_given_back_before(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    ask(payment, "3000.00", staff)
    refund = ask(payment, AMOUNT, retailer, part="ORD1001")
    assert refund is not None
    assert refund.amount == Decimal("2040.00")
    assert ask(payment, "100.00", retailer, part="ORD1002") is None


def test_the_refund_of_a_part_is_harmless_when_repeated(retailer: Person) -> None:
    payment = paid(retailer)
    first = ask(payment, "100.00", retailer, part="ORD1001")
    assert ask(payment, "100.00", retailer, part="ORD1001") == first
    assert Refund.objects.count() == 1


def test_a_silent_bank_is_asked_again_under_the_same_key(retailer: Person, staff: Person, bank: Any) -> None:
    bank(Outcome(Kind.SUCCEEDED, reference="ch_1", amount=AMOUNT))
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    refund = ask(payment, AMOUNT, staff)
    gateway = bank(*[NoAnswer("down", is_away=False)] * 3, RefundOutcome(reference="rf_1"))
    assert sending.send_waiting() == 0
    assert sending.send_waiting() == 0
    with clock.living_at(clock.now() + timedelta(minutes=2)):
        assert sending.send_waiting() == 1
    assert refund is not None
    assert gateway.asked == [("refund", str(refund.pk))] * 4
    payment.refresh_from_db()
    assert payment.status == "refunded"


def test_a_refusal_for_good_goes_to_staff_and_frees_the_amount(retailer: Person, staff: Person, bank: Any) -> None:
    bank(Outcome(Kind.SUCCEEDED, reference="ch_1", amount=AMOUNT))
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    ask(payment, AMOUNT, staff)
    bank(RefundOutcome(refusal="charge_disputed"), RefundOutcome(reference="rf_2"))
    assert sending.send_waiting() == 0
    payment.refresh_from_db()
    assert (payment.status, Refund.objects.get().status) == ("paid", "failed")
    assert Event.objects.filter(verb="payments.money_alert", facts__reason="refund_refused").count() == 1
    ask(payment, AMOUNT, staff)
    assert sending.send_waiting() == 1


def test_settling_a_refund_twice_counts_it_once(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    refund = ask(payment, "40.00", staff)
    sending.send_waiting()
    assert refund is not None
    reference = BankRefund.objects.get().reference
    assert sending.settle_refund(refund.pk, RefundOutcome(reference=reference), actor=RECONCILER)
    payment.refresh_from_db()
    assert payment.amount_refunded == Decimal("40.00")


def test_cash_goes_back_by_hand(retailer: Person, staff: Person) -> None:
    payment = owed(retailer, method=Method.CASH_ON_DELIVERY)
    with transaction.atomic():
        cash.collect_cash(owing.lock_payment(payment.pk), part="ORD1001", amount=AMOUNT, actor=staff.actor)
    refund = ask(payment, "40.00", staff)
    assert refund is not None
    assert refund.status == "manual"
    assert sending.send_waiting() == 0
    refunding.record_manual_refund(refund, actor=staff.actor)
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("partially_refunded", Decimal("40.00"))
    with pytest.raises(InvalidTransition):
        refunding.record_manual_refund(refund, actor=staff.actor)


def test_a_bank_refund_is_not_recorded_by_hand(retailer: Person, staff: Person) -> None:
    refund = ask(paid(retailer), "40.00", staff)
    assert refund is not None
    with pytest.raises(InvalidTransition):
        refunding.record_manual_refund(refund, actor=staff.actor)
    refund.refresh_from_db()
    assert refund.status == "requested"
