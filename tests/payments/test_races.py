"""Money wanted twice at the same moment, on PostgreSQL. Each race has a control without its guard, which must go wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from aqad.audit.models import Event
from aqad.core import clock
from payments.actions import owing, refunding, sending, settling
from payments.gateways.base import Kind, NoAnswer, Outcome, RefundOutcome
from payments.invariants import INVARIANTS
from payments.models import BankCharge, Payment, Refund
from tests.cast import Person
from tests.payments.given import AMOUNT, RECONCILER, attempt_of, confirm, owed
from tests.proof import threads

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]
PAYMENT_LOCK = re.compile(r'(.* FROM "payments_payment" .*) FOR UPDATE')
ONE_LIVE = "attempt_one_live_per_payment"


@pytest.fixture
def _promises_hold() -> None:
    """Controls break them; the others ask by `hold()`."""


def hold() -> bool:
    return not [rows for look in INVARIANTS.values() for rows in look()]


def together(*calls: Callable[[], Any], meeting_at: str = "", locked: bool = True) -> list[Any]:
    """Run the calls at once; each waits for the others (at most a second) before its first `meeting_at` statement."""
    meeting = threading.Barrier(len(calls))

    def watched(call: Callable[[], Any]) -> Any:
        with _watched(meeting, meeting_at, locked):
            return call()

    return threads.together(*[partial(watched, call) for call in calls])


@contextmanager
def _watched(meeting: threading.Barrier, meeting_at: str, locked: bool) -> Iterator[None]:
    """This thread's statements: the guard taken off each if wanted, and a pause before the one where the threads meet."""
    has_met = False

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal has_met
        if meeting_at and meeting_at in sql and not has_met:
            has_met = True
            threads.meet(meeting, seconds=1)
        return execute(sql if locked else PAYMENT_LOCK.sub(r"\1", sql), params, many, context)

    with connection.execute_wrapper(watch):
        yield


def refund_all(payment: Payment, staff: Person) -> Callable[[], Refund | None]:
    def call() -> Refund | None:
        with transaction.atomic():
            return refunding.request_refund(owing.lock_payment(payment.pk), amount=payment.amount, part="", reason="wet", actor=staff.actor)

    return call


def test_two_confirms_at_once_charge_once_by_the_index_even_without_the_lock(retailer: Person) -> None:
    payment = owed(retailer)
    calls = [lambda: confirm(payment, "tok_visa", retailer).answer.status] * 2
    results = together(*calls, meeting_at='INSERT INTO "payments_paymentattempt"', locked=False)
    assert sorted(str(result) if result == 200 else type(result).__name__ for result in results) == ["200", IntegrityError.__name__]
    assert BankCharge.objects.count() == 1


def settle_as_paid(payment: Payment) -> Callable[[], Payment]:
    taken = Outcome(Kind.SUCCEEDED, reference="ch_1", amount=payment.amount)
    attempt = attempt_of(payment)
    return lambda: settling.settle(attempt.pk, taken, actor=RECONCILER)


def times_paid(payment: Payment) -> int:
    return Event.objects.filter(subject=payment.reference, verb="payments.paid").count()


def test_answer_webhook_and_reconciler_at_once_settle_once(retailer: Person, bank: Any) -> None:
    bank()
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    together(*[settle_as_paid(payment)] * 3, meeting_at='UPDATE "payments_paymentattempt"')
    payment.refresh_from_db()
    assert (payment.status, payment.amount_paid, times_paid(payment)) == ("paid", AMOUNT, 1)
    assert hold()


def test_control_without_the_lock_it_is_settled_more_than_once(retailer: Person, bank: Any) -> None:
    bank()
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    payment.attempts.update(gateway_reference="ch_1")
    together(*[settle_as_paid(payment)] * 2, meeting_at='UPDATE "payments_paymentattempt"', locked=False)
    assert times_paid(payment) == 2


def test_the_same_refund_task_three_times_at_once_sends_once(retailer: Person, staff: Person, bank: Any) -> None:
    bank(Outcome(Kind.SUCCEEDED, reference="ch_1", amount=AMOUNT))
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    bank(*[NoAnswer("down", is_away=False)] * 3)
    refund_all(payment, staff)()
    Refund.objects.update(next_try_at=clock.now())
    gateway = bank(*[RefundOutcome(reference="rf_1")] * 3)
    assert sorted(together(*[sending.send_waiting] * 3)) == [0, 0, 1]
    payment.refresh_from_db()
    assert (len(gateway.asked), payment.amount_refunded) == (1, AMOUNT)
    assert hold()


def test_the_same_key_twice_at_once_charges_once(retailer: Person) -> None:
    payment = owed(retailer)
    results = together(*[lambda: confirm(payment, "tok_visa", retailer, key="k1")] * 2)
    assert {result.answer.status for result in results} <= {200, 202}
    assert BankCharge.objects.count() == 1
    again = confirm(payment, "tok_visa", retailer, key="k1")
    assert (again.answer.status, again.is_replay) == (200, True)
    assert hold()
