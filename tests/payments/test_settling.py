"""What the gateway says is settled once, in any order, however often it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from aqad.audit.models import Event
from aqad.core import clock
from payments.actions import owing, reconciling, sending, settling
from payments.gateways.base import Charge, Kind, Outcome
from payments.models import Payment, Refund
from tests.cast import Person
from tests.payments.given import AMOUNT, RECONCILER, attempt_of, confirm, make_due, owed

pytestmark = pytest.mark.embedded
TAKEN = Outcome(Kind.SUCCEEDED, reference="ch_1", amount=AMOUNT)
DECLINED = Outcome(Kind.DECLINED, reference="ch_1", decline_code="card_declined")


def unknown(retailer: Person, bank: Any) -> Payment:
    """A payment whose charge was not answered."""
    bank()
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    return payment


def settle(payment: Payment, outcome: Outcome) -> Payment:
    settling.settle(attempt_of(payment).pk, outcome, actor=RECONCILER)
    payment.refresh_from_db()
    return payment


def verbs(payment: Payment) -> list[str]:
    return list(Event.objects.filter(subject=payment.reference).order_by("pk").values_list("verb", flat=True))[2:]


def test_success_is_settled_once_however_often_it_is_said(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    for _ in range(3):
        settle(payment, TAKEN)
    assert (payment.status, payment.amount_paid) == ("paid", AMOUNT)
    assert verbs(payment) == ["payments.unknown", "payments.paid"]


@pytest.mark.parametrize("later", [DECLINED, Outcome(Kind.NOT_FOUND), Outcome(Kind.CANCELLED), Outcome(Kind.UNKNOWN)])
def test_nothing_undoes_a_success(retailer: Person, bank: Any, later: Outcome) -> None:
    payment = unknown(retailer, bank)
    settle(payment, TAKEN)
    settle(payment, later)
    assert (payment.status, attempt_of(payment).status) == ("paid", "succeeded")


def test_silence_is_asked_about_later_and_later(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    pauses = []
    for _ in range(4):
        settle(payment, Outcome(Kind.UNKNOWN))
        pauses.append(round((attempt_of(payment).next_ask_at - clock.now()).total_seconds()))
    assert pauses == [10, 20, 40, 80]
    assert payment.status == "processing"


def test_staff_are_told_once_when_the_bank_stays_silent(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    for _ in range(14):
        settle(payment, Outcome(Kind.UNKNOWN))
    assert verbs(payment).count("payments.money_alert") == 1


@pytest.mark.parametrize("outcome", [Outcome(Kind.NOT_FOUND), Outcome(Kind.CANCELLED)])
def test_a_charge_the_bank_never_made_can_be_tried_again(retailer: Person, bank: Any, outcome: Outcome) -> None:
    payment = unknown(retailer, bank)
    settle(payment, outcome)
    assert payment.status == "unpaid"
    assert verbs(payment)[-1] == "payments.reopened"


def test_late_money_for_an_open_payment_pays_it(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    settle(payment, Outcome(Kind.NOT_FOUND))
    settle(payment, TAKEN)
    assert (payment.status, payment.amount_paid) == ("paid", AMOUNT)


def test_late_money_for_a_failed_payment_is_sent_back_and_staff_are_told(retailer: Person, bank: Any) -> None:
    from payments.gateways.base import RefundOutcome

    payment = unknown(retailer, bank)
    settle(payment, DECLINED)
    settle(payment, TAKEN)
    settle(payment, TAKEN)
    assert (payment.status, payment.amount_paid) == ("failed", AMOUNT)
    assert Refund.objects.get().amount == AMOUNT
    assert verbs(payment)[-3:] == ["payments.captured_late", "payments.refund_requested", "payments.money_alert"]
    bank_again = bank(RefundOutcome(reference="rf_1"))
    assert sending.send_waiting() == 1
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("refunded", AMOUNT)
    assert [verb for verb, _ in bank_again.asked] == ["refund"]


def test_a_second_capture_goes_back_and_the_payment_stays_paid(retailer: Person, bank: Any) -> None:
    from payments.gateways.base import RefundOutcome

    payment = unknown(retailer, bank)
    first = attempt_of(payment)
    settle(payment, Outcome(Kind.NOT_FOUND))
    bank(Outcome(Kind.SUCCEEDED, reference="ch_2", amount=AMOUNT), RefundOutcome(reference="rf_1"))
    confirm(payment, "card_2", retailer)
    settling.settle(first.pk, TAKEN, actor=RECONCILER)
    sending.send_waiting()
    payment.refresh_from_db()
    assert (payment.status, payment.amount_paid, payment.amount_refunded) == ("paid", 2 * AMOUNT, AMOUNT)
    assert Refund.objects.get().attempt == first


def test_money_of_another_amount_pays_for_nothing(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    settle(payment, Outcome(Kind.SUCCEEDED, reference="ch_1", amount=AMOUNT - Decimal("0.01")))
    assert (payment.status, attempt_of(payment).is_surplus) == ("failed", True)
    assert Refund.objects.get().amount == AMOUNT - Decimal("0.01")


def test_late_money_after_the_amount_shrank_goes_back_whole(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    settle(payment, Outcome(Kind.NOT_FOUND))
    with transaction.atomic():
        owing.reduce_amount(owing.lock_payment(payment.pk), by=Decimal("40.00"), actor=retailer.actor)
    settle(payment, TAKEN)
    assert (payment.status, payment.amount) == ("unpaid", AMOUNT - 40)
    assert Refund.objects.get().amount == AMOUNT


def test_a_payer_who_approved_may_still_have_to_wait(retailer: Person, bank: Any) -> None:
    payment = unknown(retailer, bank)
    settle(payment, Outcome(Kind.REQUIRES_ACTION, reference="ch_1", redirect_url="https://bank.test/a"))
    assert payment.status == "requires_action"
    settle(payment, Outcome(Kind.UNKNOWN))
    assert payment.status == "requires_action"
    settle(payment, Outcome(Kind.PROCESSING))
    assert (payment.status, attempt_of(payment).redirect_url) == ("processing", "")
    settle(payment, TAKEN)
    assert payment.status == "paid"


def test_the_reconciler_settles_what_the_bank_took_without_answering(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    assert reconciling.ask_about_open() == 0
    make_due(payment)
    assert reconciling.ask_about_open() == 1
    payment.refresh_from_db()
    assert (payment.status, payment.amount_paid) == ("paid", AMOUNT)
    assert reconciling.ask_about_open() == 0


def test_the_reconciler_opens_again_what_the_bank_knows_nothing_of(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_error", retailer)
    make_due(payment)
    reconciling.ask_about_open()
    payment.refresh_from_db()
    assert (payment.status, attempt_of(payment).status) == ("unpaid", "failed")
    assert confirm(payment, "tok_visa", retailer).answer.status == 200


def test_the_reconciler_finishes_an_attempt_whose_process_died(retailer: Person, bank: Any) -> None:
    gateway = bank(_die)
    payment = owed(retailer)
    with pytest.raises(SystemExit):
        confirm(payment, "card_1", retailer)
    gateway.says = [TAKEN]
    assert reconciling.ask_about_open() == 0
    make_due(payment)
    assert reconciling.ask_about_open() == 1
    payment.refresh_from_db()
    assert payment.status == "paid"


def test_an_unknown_key_is_not_believed_while_the_charge_may_be_on_its_way(retailer: Person, bank: Any) -> None:
    gateway = bank(_die)
    payment = owed(retailer)
    with pytest.raises(SystemExit):
        confirm(payment, "card_1", retailer)
    gateway.says = [Outcome(Kind.NOT_FOUND)]
    assert reconciling.ask_about(attempt_of(payment).pk, actor=RECONCILER) == Kind.UNKNOWN
    payment.refresh_from_db()
    assert payment.status == "processing"


def test_one_attempt_that_cannot_be_settled_stops_no_other(retailer: Person, bank: Any) -> None:
    first, second = unknown(retailer, bank), unknown(retailer, bank)
    bank(ValueError("a defect"), TAKEN)
    make_due(first)
    make_due(second)
    first.attempts.update(next_ask_at=clock.now() - timedelta(minutes=9))
    assert reconciling.ask_about_open() == 2
    second.refresh_from_db()
    assert second.status == "paid"


def test_those_that_cannot_be_found_yet_come_round_again_and_stop_no_other(
    retailer: Person, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden, second = unknown(retailer, bank), unknown(retailer, bank)
    gateway = bank(TAKEN)
    sought: list[list[str]] = []

    def seek(charges: Sequence[Charge]) -> list[Charge]:
        sought.append([charge.key for charge in charges])
        return [charge for charge in charges if charge.key != str(attempt_of(hidden).pk)]

    monkeypatch.setattr(gateway, "seek", seek)
    make_due(hidden)
    make_due(second)
    assert reconciling.ask_about_open() == 1
    assert [set(keys) for keys in sought] == [{str(attempt_of(payment).pk) for payment in (hidden, second)}]
    assert gateway.asked == [("retrieve", str(attempt_of(second).pk))]
    hidden.refresh_from_db()
    second.refresh_from_db()
    assert (hidden.status, second.status) == ("processing", "paid")
    assert reconciling.ask_about_open() == 0  # its next turn is in a minute


def test_where_they_cannot_be_looked_for_together_each_is_asked_about_by_itself(
    retailer: Person, bank: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = [unknown(retailer, bank), unknown(retailer, bank)]
    gateway = bank(TAKEN, replace(TAKEN, reference="ch_2"))

    def seek(_charges: Sequence[Charge]) -> list[Charge]:
        raise ValueError("a defect")

    monkeypatch.setattr(gateway, "seek", seek)
    for payment in payments:
        make_due(payment)
    assert reconciling.ask_about_open() == 2
    for payment in payments:
        payment.refresh_from_db()
    assert [payment.status for payment in payments] == ["paid", "paid"]


def _die() -> None:
    raise SystemExit
