"""Confirming a payment with every card that the sandbox bank knows, and again, and under a key."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from aqad.audit.models import Event
from aqad.core.errors import Invalid, InvalidTransition
from aqad.core.models import IdempotencyKey
from aqad.core.transactions import InsideTransaction
from payments.errors import GatewayAway, UnknownToken
from payments.gateways import registry
from payments.gateways.base import Kind, NoAnswer, Outcome
from payments.models import BankCharge, PaymentAttempt
from payments.signals import payment_settled
from payments.statuses import Method
from tests.cast import Person
from tests.payments.given import attempt_of, charge_of, confirm, owed, paid

pytestmark = pytest.mark.embedded


@pytest.fixture
def announced() -> Any:
    """What payments announced, in order."""
    heard: list[tuple[str, str]] = []

    def listen(sender: Any, outcome: str, reason: str, **_: Any) -> None:
        heard.append((outcome, reason))

    payment_settled.connect(listen, weak=False, dispatch_uid="test.listen")
    yield heard
    payment_settled.disconnect(dispatch_uid="test.listen")


def test_visa_pays_the_whole_amount(retailer: Person, announced: list[Any]) -> None:
    payment = owed(retailer)
    answer = confirm(payment, "tok_visa", retailer).answer
    payment.refresh_from_db()
    attempt = attempt_of(payment)
    assert (answer.status, payment.status, payment.amount_paid) == (200, "paid", payment.amount)
    assert (attempt.status, attempt.captured, attempt.gateway_reference) == ("succeeded", payment.amount, charge_of(payment).reference)
    assert announced == [("paid", "")]


def test_every_step_is_on_record_once(retailer: Person) -> None:
    payment = paid(retailer)
    verbs = list(Event.objects.filter(subject=payment.reference).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["payments.opened", "payments.attempted", "payments.paid"]
    assert Event.objects.filter(verb="payments.paid").get().actor == retailer.actor.name


@pytest.mark.parametrize(("token", "code"), [("tok_declined", "card_declined"), ("tok_insufficient_funds", "insufficient_funds")])
def test_a_refused_card_fails_the_payment(retailer: Person, announced: list[Any], token: str, code: str) -> None:
    payment = owed(retailer)
    answer = confirm(payment, token, retailer).answer
    payment.refresh_from_db()
    assert (answer.status, payment.status, payment.amount_paid) == (402, "failed", Decimal(0))
    assert (attempt_of(payment).status, attempt_of(payment).decline_code) == ("failed", code)
    assert announced == [("failed", code)]


def test_a_3ds_card_waits_for_its_payer(retailer: Person, announced: list[Any], settings: Any) -> None:
    payment = owed(retailer)
    answer = confirm(payment, "tok_3ds", retailer).answer
    payment.refresh_from_db()
    assert (answer.status, payment.status, attempt_of(payment).status) == (202, "requires_action", "requires_action")
    assert attempt_of(payment).redirect_url == f"{settings.PUBLIC_URL}/sandbox-bank/{charge_of(payment).reference}"
    assert announced == []


def test_a_timeout_leaves_the_payment_processing_though_the_bank_took_it(retailer: Person, announced: list[Any]) -> None:
    payment = owed(retailer)
    answer = confirm(payment, "tok_timeout", retailer).answer
    payment.refresh_from_db()
    assert (answer.status, payment.status, payment.amount_paid) == (202, "processing", Decimal(0))
    assert attempt_of(payment).status == "unknown"
    assert charge_of(payment).status == "succeeded"
    assert announced == []


def test_an_error_before_the_charge_leaves_it_processing_until_the_bank_is_asked(retailer: Person) -> None:
    payment = owed(retailer)
    answer = confirm(payment, "tok_error", retailer).answer
    payment.refresh_from_db()
    assert (answer.status, payment.status, attempt_of(payment).status) == (202, "processing", "unknown")
    assert not BankCharge.objects.exists()


def test_a_late_card_is_processing(retailer: Person) -> None:
    payment = owed(retailer)
    answer = confirm(payment, "tok_late", retailer).answer
    payment.refresh_from_db()
    assert (answer.status, payment.status, charge_of(payment).status) == (202, "processing", "processing")


def test_refuses_a_token_the_bank_does_not_know(retailer: Person) -> None:
    payment = owed(retailer)
    with pytest.raises(UnknownToken) as refusal:
        confirm(payment, "tok_dreamt", retailer, key="k1")
    payment.refresh_from_db()
    assert list(refusal.value.errors) == ["token"]
    assert payment.status == "unpaid"
    assert not PaymentAttempt.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_token_that_only_the_bank_can_refuse_leaves_the_payment_and_the_key_free(retailer: Person, bank: Any) -> None:
    bank(Outcome(Kind.UNUSABLE), Outcome(Kind.DECLINED))
    payment = owed(retailer)
    with pytest.raises(UnknownToken):
        confirm(payment, "card_gone", retailer, key="k1")
    payment.refresh_from_db()
    assert payment.status == "unpaid"
    assert not IdempotencyKey.objects.exists()
    assert confirm(payment, "card_gone", retailer, key="k1").answer.status == 402


@pytest.mark.parametrize("token", ["tok_3ds", "tok_timeout", "tok_late"])
def test_another_confirm_of_a_live_attempt_answers_the_state_and_charges_nothing(retailer: Person, token: str) -> None:
    payment = owed(retailer)
    confirm(payment, token, retailer)
    again = confirm(payment, "tok_visa", retailer)
    assert again.answer.status == 202
    assert BankCharge.objects.count() == PaymentAttempt.objects.count() == 1


@pytest.mark.parametrize("token", ["tok_visa", "tok_declined"])
def test_refuses_a_payment_that_is_settled(retailer: Person, token: str) -> None:
    payment = owed(retailer)
    confirm(payment, token, retailer)
    payment.refresh_from_db()
    with pytest.raises(InvalidTransition) as refusal:
        confirm(payment, "tok_visa", retailer)
    assert refusal.value.facts == {"status": payment.status}
    assert BankCharge.objects.count() == 1


def test_refuses_cash(retailer: Person) -> None:
    payment = owed(retailer, method=Method.CASH_ON_DELIVERY)
    with pytest.raises(InvalidTransition):
        confirm(payment, "tok_visa", retailer)
    payment.refresh_from_db()
    assert payment.status == "unpaid"
    assert not BankCharge.objects.exists()


@pytest.mark.parametrize(("token", "status"), [("tok_visa", 200), ("tok_declined", 402), ("tok_3ds", 202)])
def test_the_same_key_gives_the_same_answer_and_one_charge(retailer: Person, token: str, status: int) -> None:
    payment = owed(retailer)
    first = confirm(payment, token, retailer, key="k1")
    second = confirm(payment, token, retailer, key="k1")
    assert (first.answer.status, first.is_replay) == (status, False)
    assert (second.answer, second.is_replay) == (first.answer, True)
    assert BankCharge.objects.count() == 1


def test_refuses_the_same_key_with_another_card(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer, key="k1")
    with pytest.raises(Invalid) as refusal:
        confirm(payment, "tok_visa", retailer, key="k1")
    assert refusal.value.code == "idempotency_mismatch"


def test_a_repeat_whose_first_request_died_gets_the_present_state(retailer: Person, bank: Any) -> None:
    gateway = bank(_die)
    payment = owed(retailer)
    with pytest.raises(SystemExit):
        confirm(payment, "card_1", retailer, key="k1")
    assert attempt_of(payment).status == "initiated"
    again = confirm(payment, "card_1", retailer, key="k1")
    assert (again.answer.status, again.answer.body, again.is_replay) == (202, {"status": "processing"}, False)
    assert [verb for verb, _ in gateway.asked] == ["charge"]


def _die() -> None:
    raise SystemExit


def test_refuses_at_once_while_the_bank_is_away(retailer: Person, bank: Any) -> None:
    gateway = bank(*[NoAnswer("down")] * 3)
    for _ in range(3):
        confirm(owed(retailer), "card_1", retailer)
    payment = owed(retailer)
    with pytest.raises(GatewayAway):
        confirm(payment, "card_1", retailer, key="k1")
    payment.refresh_from_db()
    assert registry.current().is_away
    assert payment.status == "unpaid"
    assert not IdempotencyKey.objects.exists()
    assert len(gateway.asked) == 3


def test_the_bank_is_never_called_inside_a_transaction(retailer: Person) -> None:
    payment = owed(retailer)
    with transaction.atomic(), pytest.raises(InsideTransaction):
        confirm(payment, "tok_visa", retailer)
    payment.refresh_from_db()
    assert payment.status == "unpaid"
    assert not PaymentAttempt.objects.exists()


def test_a_settlement_that_nobody_hears_is_undone(retailer: Person) -> None:
    payment = owed(retailer)
    receivers, payment_settled.receivers = payment_settled.receivers, []
    payment_settled.sender_receivers_cache.clear()
    try:
        with pytest.raises(RuntimeError, match="Nobody listens"):
            confirm(payment, "tok_visa", retailer)
    finally:
        payment_settled.receivers = receivers
        payment_settled.sender_receivers_cache.clear()
    payment.refresh_from_db()
    assert (payment.status, attempt_of(payment).status) == ("processing", "initiated")
