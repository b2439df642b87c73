"""The sandbox bank by itself, and the guard that stands around every bank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from aqad.core import clock
from aqad.core.transactions import InsideTransaction
from payments.gateways.base import Charge, Kind, NoAnswer, Order, Outcome, RefundOutcome
from payments.gateways.guard import GuardedGateway
from payments.gateways.sandbox import LATE_AFTER, SandboxGateway
from payments.models import BankCharge, BankRefund
from tests.payments.given import ScriptedGateway

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
AMOUNT = Decimal("48.00")


@pytest.fixture
def _promises_hold() -> None:
    """The bank is looked at alone here: our own book is empty."""


def order(token: str, key: str = "key-1") -> Order:
    return Order(key=key, amount=AMOUNT, token=token, description="", return_url="https://aqad.test/back")


def charge(key: str = "key-1") -> Charge:
    return Charge(key=key, reference="", asked_at=clock.now())


@pytest.mark.parametrize(
    ("token", "kind", "code"),
    [
        ("tok_visa", Kind.SUCCEEDED, ""),
        ("tok_declined", Kind.DECLINED, "card_declined"),
        ("tok_insufficient_funds", Kind.DECLINED, "insufficient_funds"),
        ("tok_3ds", Kind.REQUIRES_ACTION, ""),
        ("tok_late", Kind.PROCESSING, ""),
        ("tok_dreamt", Kind.UNUSABLE, ""),
    ],
)
def test_each_card_has_its_answer(token: str, kind: Kind, code: str) -> None:
    outcome = SandboxGateway().charge(order(token))
    assert (outcome.kind, outcome.decline_code) == (kind, code)
    assert outcome.amount == (AMOUNT if kind == Kind.SUCCEEDED else 0)


@pytest.mark.parametrize(("token", "kind"), [("tok_timeout", Kind.SUCCEEDED), ("tok_error", Kind.NOT_FOUND)])
def test_a_card_that_is_not_answered_is_known_or_not_when_asked(token: str, kind: Kind) -> None:
    bank = SandboxGateway()
    with pytest.raises(NoAnswer):
        bank.charge(order(token))
    assert bank.retrieve(charge()).kind == kind


def test_the_same_key_is_the_same_charge_for_ever() -> None:
    bank = SandboxGateway()
    first = bank.charge(order("tok_visa"))
    assert bank.charge(order("tok_declined")) == first
    assert BankCharge.objects.count() == 1


def test_a_late_card_makes_up_its_mind_in_time() -> None:
    bank = SandboxGateway()
    bank.charge(order("tok_late"))
    assert bank.retrieve(charge()).kind == Kind.PROCESSING
    with clock.living_at(clock.now() + LATE_AFTER):
        assert bank.retrieve(charge()).kind == Kind.SUCCEEDED


@pytest.mark.parametrize(
    ("token", "kind"),
    [("tok_visa", Kind.SUCCEEDED), ("tok_3ds", Kind.CANCELLED), ("tok_late", Kind.CANCELLED), ("tok_declined", Kind.DECLINED)],
)
def test_cancelling_says_what_is_true(token: str, kind: Kind) -> None:
    bank = SandboxGateway()
    bank.charge(order(token))
    assert bank.cancel(charge()).kind == kind
    assert bank.cancel(charge("other")).kind == Kind.NOT_FOUND


def test_a_refund_is_made_once_per_key_and_never_exceeds_the_charge() -> None:
    bank = SandboxGateway()
    bank.charge(order("tok_visa"))
    first = bank.refund(key="r1", charge=charge(), amount=Decimal("40.00"))
    assert bank.refund(key="r1", charge=charge(), amount=Decimal("40.00")) == first
    assert bank.refund(key="r2", charge=charge(), amount=Decimal("8.01")) == RefundOutcome(refusal="amount_too_large")
    assert bank.refund(key="r3", charge=charge("other"), amount=AMOUNT) == RefundOutcome(refusal="charge_not_refundable")
    assert BankRefund.objects.count() == 1


@pytest.mark.parametrize("verb", ["charge", "retrieve", "cancel", "refund"])
def test_no_call_passes_inside_a_transaction(verb: str) -> None:
    guarded = GuardedGateway(SandboxGateway())
    calls: dict[str, Any] = {
        "charge": lambda: guarded.charge(order("tok_visa")),
        "retrieve": lambda: guarded.retrieve(charge()),
        "cancel": lambda: guarded.cancel(charge()),
        "refund": lambda: guarded.refund(key="r1", charge=charge(), amount=AMOUNT),
    }
    with transaction.atomic(), pytest.raises(InsideTransaction):
        calls[verb]()
    assert not BankCharge.objects.exists()


def test_a_question_is_repeated_until_it_is_answered() -> None:
    found = Outcome(Kind.SUCCEEDED, amount=AMOUNT)
    gateway = ScriptedGateway(NoAnswer("slow"), NoAnswer("slow"), found)
    assert GuardedGateway(gateway).retrieve(charge()) == found
    assert len(gateway.asked) == 3


def test_a_charge_is_tried_once_and_then_unknown() -> None:
    gateway = ScriptedGateway(NoAnswer("slow"))
    assert GuardedGateway(gateway).charge(order("card")).kind == Kind.UNKNOWN
    assert len(gateway.asked) == 1


def test_a_bank_that_is_away_is_not_waited_for_again() -> None:
    gateway = ScriptedGateway(*[NoAnswer("down")] * 3)
    guarded = GuardedGateway(gateway)
    assert guarded.retrieve(charge()).kind == Kind.UNKNOWN
    assert guarded.is_away
    assert guarded.refund(key="r1", charge=charge(), amount=AMOUNT) == RefundOutcome()
    assert len(gateway.asked) == 3
    guarded.breaker.reset()
    gateway.says = [Outcome(Kind.NOT_FOUND)]
    assert guarded.retrieve(charge()).kind == Kind.NOT_FOUND
    assert not guarded.is_away


def test_a_single_bad_charge_does_not_shut_the_bank_out() -> None:
    guarded = GuardedGateway(SandboxGateway())
    for number in range(6):
        assert guarded.charge(order("tok_timeout", f"key-{number}")).kind == Kind.UNKNOWN
    assert not guarded.is_away
