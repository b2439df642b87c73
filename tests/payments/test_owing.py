"""Owing less, and cash: what is paid when the last open part is collected or cancelled."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from aqad.core.errors import InvalidTransition
from payments.actions import cash, owing, refunding
from payments.errors import AttemptLive, TooMuch
from payments.models import CashCollection, Payment
from payments.statuses import Method
from tests.cast import Person
from tests.payments.given import AMOUNT, confirm, owed, paid

pytestmark = pytest.mark.embedded
CASH = Method.CASH_ON_DELIVERY


def reduce(payment: Payment, by: str | Decimal, who: Person) -> Payment:
    with transaction.atomic():
        owing.reduce_amount(owing.lock_payment(payment.pk), by=Decimal(by), actor=who.actor)
    payment.refresh_from_db()
    return payment


def collect(payment: Payment, amount: str, who: Person, part: str = "ORD1001") -> Payment:
    with transaction.atomic():
        cash.collect_cash(owing.lock_payment(payment.pk), part=part, amount=Decimal(amount), actor=who.actor)
    payment.refresh_from_db()
    return payment


def test_an_unpaid_payment_shrinks(retailer: Person) -> None:
    payment = reduce(owed(retailer), "1040.00", retailer)
    assert (payment.status, payment.amount) == ("unpaid", Decimal("4000.00"))
    confirm(payment, "tok_visa", retailer)
    payment.refresh_from_db()
    assert payment.amount_paid == Decimal("4000.00")


def test_one_with_nothing_left_is_cancelled(retailer: Person) -> None:
    assert reduce(owed(retailer), AMOUNT, retailer).status == "cancelled"


@pytest.mark.parametrize("token", ["tok_3ds", "tok_timeout"])
def test_refuses_while_an_attempt_is_live(retailer: Person, token: str) -> None:
    payment = owed(retailer)
    confirm(payment, token, retailer)
    with pytest.raises(AttemptLive):
        reduce(payment, "1.00", retailer)
    payment.refresh_from_db()
    assert payment.amount == AMOUNT


def test_refuses_once_it_is_settled(retailer: Person) -> None:
    payment = paid(retailer)
    with pytest.raises(InvalidTransition):
        reduce(payment, "1.00", retailer)


@pytest.mark.parametrize("by", ["0.00", "-1.00", "5040.01"])
def test_refuses_to_owe_less_than_nothing(retailer: Person, by: str) -> None:
    payment = owed(retailer)
    with pytest.raises(TooMuch):
        reduce(payment, by, retailer)
    payment.refresh_from_db()
    assert payment.amount == AMOUNT


def test_cash_is_paid_when_every_part_is_collected(retailer: Person, driver: Person) -> None:
    payment = owed(retailer, "300.00", method=CASH)
    assert collect(payment, "100.00", driver, "ORD1001").status == "unpaid"
    payment = collect(payment, "200.00", driver, "ORD1002")
    assert (payment.status, payment.amount_paid) == ("paid", Decimal("300.00"))
    assert CashCollection.objects.first().collected_by == driver.actor.name


def test_cash_is_paid_when_what_was_not_collected_is_cancelled(retailer: Person, driver: Person) -> None:
    payment = owed(retailer, "300.00", method=CASH)
    collect(payment, "100.00", driver)
    payment = reduce(payment, "200.00", retailer)
    assert (payment.status, payment.amount, payment.amount_paid) == ("paid", Decimal("100.00"), Decimal("100.00"))


def test_cash_is_collected_once_per_part(retailer: Person, driver: Person) -> None:
    payment = owed(retailer, "300.00", method=CASH)
    collect(payment, "100.00", driver)
    with pytest.raises(InvalidTransition):
        collect(payment, "100.00", driver)
    payment.refresh_from_db()
    assert payment.amount_paid == Decimal("100.00")


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "300.01"])
def test_refuses_cash_that_is_not_owed(retailer: Person, driver: Person, amount: str) -> None:
    payment = owed(retailer, "300.00", method=CASH)
    with pytest.raises(TooMuch):
        collect(payment, amount, driver)
    assert not CashCollection.objects.exists()


def test_refuses_cash_for_a_card_payment(retailer: Person, driver: Person) -> None:
    with pytest.raises(InvalidTransition):
        collect(owed(retailer), "100.00", driver)
    assert not CashCollection.objects.exists()


def test_cash_given_back_before_the_rest_is_collected_shows_once_it_is(retailer: Person, driver: Person, staff: Person) -> None:
    payment = owed(retailer, "300.00", method=CASH)
    collect(payment, "100.00", driver, "ORD1001")
    with transaction.atomic():
        locked = owing.lock_payment(payment.pk)
        refund = refunding.request_refund(locked, amount=Decimal("10.00"), part="", reason="damaged", actor=staff.actor)
    assert refund is not None
    refunding.record_manual_refund(refund, actor=staff.actor)
    payment.refresh_from_db()
    assert payment.status == "unpaid"
    payment = collect(payment, "200.00", driver, "ORD1002")
    assert (payment.status, payment.amount_refunded) == ("partially_refunded", Decimal("10.00"))
