"""Money wanted twice at the same moment, on PostgreSQL. Each race has a control without its guard, which must go wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.errors import InvalidTransition
from payments.actions import owing, receiving, refunding, sending, settling
from payments.errors import AttemptLive
from payments.gateways.base import Kind, Message, NoAnswer, Outcome, RefundOutcome
from payments.invariants import INVARIANTS
from payments.models import BankCharge, Payment, Refund
from payments.statuses import PaymentStatus
from tests.cast import Person
from tests.payments.given import AMOUNT, RECONCILER, attempt_of, confirm, owed, paid

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]
PAYMENT_LOCK = re.compile(r'(.* FROM "payments_payment" .*) FOR UPDATE')
ONE_LIVE = "attempt_one_live_per_payment"


@pytest.fixture
def _promises_hold() -> None:
    """Controls break them; the others ask by `hold()`."""


def hold() -> bool:
    return not [rows for look in INVARIANTS.values() for rows in look()]


def together(*calls: Callable[[], Any], meeting_at: str = "", locked: bool = True) -> list[Any]:
    """Run the calls in threads of their own; each waits for the others (at most a second) before its first `meeting_at` statement.

    Gives what each returned or raised, in order.
    """
    start, meeting = threading.Barrier(len(calls)), threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int) -> None:
        with ExitStack() as stack:
            stack.callback(connection.close)
            stack.enter_context(_watched(meeting, meeting_at, locked))
            start.wait(10)
            try:
                results[number] = calls[number]()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@contextmanager
def _watched(meeting: threading.Barrier, meeting_at: str, locked: bool) -> Iterator[None]:
    """This thread's statements: the guard taken off each if wanted, and a pause before the one where the threads meet."""
    has_met = False

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal has_met
        if meeting_at and meeting_at in sql and not has_met:
            has_met = True
            with suppress(threading.BrokenBarrierError):
                meeting.wait(1)
        return execute(sql if locked else PAYMENT_LOCK.sub(r"\1", sql), params, many, context)

    with connection.execute_wrapper(watch):
        yield


@contextmanager
def without_index(name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(definition)


def refund_all(payment: Payment, staff: Person) -> Callable[[], Refund | None]:
    def call() -> Refund | None:
        with transaction.atomic():
            return refunding.request_refund(owing.lock_payment(payment.pk), amount=payment.amount, part="", reason="wet", actor=staff.actor)

    return call


def test_two_refunds_of_the_whole_at_once_give_back_once(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    results = together(*[refund_all(payment, staff)] * 2, meeting_at='INSERT INTO "payments_refund"')
    assert sorted(type(result).__name__ for result in results) == ["Refund", "TooMuch"]
    assert Refund.objects.get().amount == AMOUNT
    assert hold()


def test_control_without_the_lock_two_refunds_give_back_twice(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    together(*[refund_all(payment, staff)] * 2, meeting_at='INSERT INTO "payments_refund"', locked=False)
    assert Refund.objects.count() == 2
    # The sandbox bank, which keeps count as well, is what saved us.
    assert sorted(Refund.objects.values_list("status", flat=True)) == ["done", "failed"]


def test_two_confirms_at_once_charge_once(retailer: Person) -> None:
    payment = owed(retailer)
    calls = [lambda: confirm(payment, "tok_visa", retailer).answer.status] * 2
    results = together(*calls, meeting_at='INSERT INTO "payments_paymentattempt"')
    assert 200 in results
    assert all(result in {200, 202} or isinstance(result, InvalidTransition) for result in results)
    assert BankCharge.objects.count() == 1
    assert hold()


def test_two_confirms_at_once_charge_once_by_the_index_even_without_the_lock(retailer: Person) -> None:
    payment = owed(retailer)
    calls = [lambda: confirm(payment, "tok_visa", retailer).answer.status] * 2
    results = together(*calls, meeting_at='INSERT INTO "payments_paymentattempt"', locked=False)
    assert sorted(str(result) if result == 200 else type(result).__name__ for result in results) == ["200", IntegrityError.__name__]
    assert BankCharge.objects.count() == 1


def test_control_without_lock_and_index_two_confirms_charge_twice(retailer: Person) -> None:
    payment = owed(retailer)
    calls = [lambda: confirm(payment, "tok_visa", retailer)] * 2
    with without_index(ONE_LIVE):
        together(*calls, meeting_at='INSERT INTO "payments_paymentattempt"', locked=False)
    assert BankCharge.objects.count() == 2


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


def test_the_same_message_five_times_at_once_is_one_row_and_one_settlement(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    message = Message("m1", "charge.succeeded", key=str(attempt_of(payment).pk))

    def deliver() -> bool:
        kept = receiving.receive("sandbox", message, actor=RECONCILER)
        return receiving.handle(kept.pk, actor=RECONCILER)

    assert together(*[deliver] * 5) == [True] * 5
    assert times_paid(payment) == 1
    assert Event.objects.filter(verb="payments.webhook_received").count() == 1
    assert hold()


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


def test_cancelling_against_paying_ends_as_one_of_them(retailer: Person) -> None:
    for _ in range(5):
        payment = owed(retailer)
        paying, cancelling = together(lambda p=payment: confirm(p, "tok_visa", retailer), lambda p=payment: cancel(p, retailer))
        payment.refresh_from_db()
        if payment.status == PaymentStatus.PAID:
            assert isinstance(cancelling, InvalidTransition | AttemptLive)
        else:
            assert (payment.status, payment.amount) == ("cancelled", Decimal(0))
            assert isinstance(paying, InvalidTransition)
    assert hold()


def cancel(payment: Payment, retailer: Person) -> None:
    with transaction.atomic():
        owing.reduce_amount(owing.lock_payment(payment.pk), by=AMOUNT, actor=retailer.actor)


def test_the_same_key_twice_at_once_charges_once(retailer: Person) -> None:
    payment = owed(retailer)
    results = together(*[lambda: confirm(payment, "tok_visa", retailer, key="k1")] * 2)
    assert {result.answer.status for result in results} <= {200, 202}
    assert BankCharge.objects.count() == 1
    again = confirm(payment, "tok_visa", retailer, key="k1")
    assert (again.answer.status, again.is_replay) == (200, True)
    assert hold()
