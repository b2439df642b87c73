"""A payment whose time is over fails, but never while its money may be taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.transactions import InsideTransaction
from payments.actions import reconciling, sending, settling
from payments.gateways.base import Kind, Outcome, RefundOutcome
from payments.models import Payment
from payments.querysets import overdue
from payments.statuses import Method
from tests.cast import Person
from tests.payments.given import AMOUNT, RECONCILER, attempt_of, charge_of, confirm, owed

pytestmark = pytest.mark.embedded
EXPIRY = Actor.system("expiry")


def expire(payment: Payment, *, minutes: int = 31) -> str:
    with clock.living_at(clock.now() + timedelta(minutes=minutes)):
        reconciling.fail_overdue(payment.pk, actor=EXPIRY)
    payment.refresh_from_db()
    return payment.status


def test_an_unpaid_one_fails(retailer: Person) -> None:
    payment = owed(retailer)
    assert expire(payment, minutes=29) == "unpaid"
    assert expire(payment) == "failed"
    assert expire(payment) == "failed"


def test_it_is_found_only_when_its_time_is_over(retailer: Person) -> None:
    late, early, cash = owed(retailer), owed(retailer, minutes=60), owed(retailer, method=Method.CASH_ON_DELIVERY)
    assert list(overdue(clock.now() + timedelta(minutes=30))) == [late]
    assert {early.status, cash.status} == {"unpaid"}


def test_a_3ds_approval_that_never_came_is_first_cancelled_at_the_bank(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    assert expire(payment) == "failed"
    assert (charge_of(payment).status, attempt_of(payment).status) == ("cancelled", "cancelled")


def test_money_that_the_bank_has_taken_pays_instead(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    assert expire(payment) == "paid"
    assert payment.amount_paid == AMOUNT


def test_what_the_bank_knows_nothing_of_fails(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_error", retailer)
    assert expire(payment) == "failed"


def test_a_silent_bank_keeps_it_open(retailer: Person, bank: Any) -> None:
    bank()
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    assert expire(payment) == "processing"


def test_a_charge_on_its_way_keeps_it_open(retailer: Person, bank: Any) -> None:
    def die() -> None:
        raise SystemExit

    gateway = bank(die)
    payment = owed(retailer, minutes=0)
    with pytest.raises(SystemExit):
        confirm(payment, "card_1", retailer)
    reconciling.fail_overdue(payment.pk, actor=EXPIRY)
    payment.refresh_from_db()
    assert payment.status == "processing"
    assert [verb for verb, _ in gateway.asked] == ["charge"]


def test_a_success_after_expiry_revives_nothing_and_goes_back(retailer: Person, bank: Any) -> None:
    bank(Outcome(Kind.UNKNOWN), Outcome(Kind.NOT_FOUND))
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    assert expire(payment) == "failed"
    settling.settle(attempt_of(payment).pk, Outcome(Kind.SUCCEEDED, reference="ch_1", amount=AMOUNT), actor=RECONCILER)
    bank(RefundOutcome(reference="rf_1"))
    sending.send_waiting()
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("refunded", AMOUNT)


def test_the_bank_is_never_asked_inside_a_transaction(retailer: Person) -> None:
    payment = owed(retailer)
    with transaction.atomic(), pytest.raises(InsideTransaction):
        reconciling.fail_overdue(payment.pk, actor=EXPIRY)
    payment.refresh_from_db()
    assert payment.status == "unpaid"
