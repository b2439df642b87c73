"""Our book against the bank's: agreement is silent, every difference is named with what to do (docs/backup.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aqad.core import clock
from aqad.core.errors import Unavailable
from payments.actions import comparing, refunding, sending
from payments.actions.comparing import Comparison, compare
from payments.gateways import registry
from payments.gateways.base import BookedRefund, NoAnswer
from payments.models import BankCharge, BankRefund, Payment, PaymentAttempt, Refund
from tests.cast import Person
from tests.payments.given import ScriptedGateway, attempt_of, charge_of, confirm, owed, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def _promises_hold(db: None) -> None:
    """Here the books are made to disagree."""


def compared(days: int = 7) -> Comparison:
    return compare("sandbox", since=clock.now() - timedelta(days=days))


def given_back(payment: Payment, amount: str, actor: Any) -> Refund:
    refund = refunding.request_refund(payment, amount=Decimal(amount), part="", reason="crushed", actor=actor)
    assert refund is not None
    sending.send_waiting()
    return refund


def forget(payment: Payment) -> None:
    """As if the payment's last attempt had been made after the last backup."""
    attempt = attempt_of(payment)
    attempt.refunds.all().delete()
    attempt.delete()


@pytest.mark.embedded
def test_two_books_of_the_same_trade_agree(retailer: Person, staff: Person) -> None:
    given_back(paid(retailer), "40.00", staff.actor)
    confirm(owed(retailer), "tok_declined", retailer)
    assert compared() == Comparison(charges=1, refunds=1, still_asked=0, differences=[])
    out = StringIO()
    call_command("reconcile_gateway", stdout=out)
    assert out.getvalue() == "Both books agree: 1 charges and 1 refunds at sandbox.\n"


def test_a_charge_without_a_payment_of_ours_is_named_until_it_is_given_back_at_the_bank(retailer: Person) -> None:
    payment = paid(retailer)
    charge = charge_of(payment)
    forget(payment)
    [difference] = compared().differences
    assert difference.what.startswith(f"Charge {charge.reference} of 5040.00 AED at ")
    assert difference.advice == comparing.REFUND_THERE
    BankRefund.objects.create(key="by-hand", reference="rf_hand", charge=charge, amount=Decimal("5000.00"))
    [left] = compared().differences
    assert "40.00 AED of it are not given back" in left.what
    BankRefund.objects.create(key="by-hand-2", reference="rf_hand2", charge=charge, amount=Decimal("40.00"))
    assert compared().differences == []


def test_a_second_charge_for_the_same_try_is_named_until_it_is_given_back(retailer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = paid(retailer)
    sandbox = registry.of("sandbox")
    book = sandbox.book_since(clock.now() - timedelta(days=1))
    assert book is not None
    again = replace(book.charges[0], reference="ch_again")
    for order in ([again, *book.charges], [*book.charges, again]):
        monkeypatch.setattr(type(sandbox), "book_since", lambda self, since, charges=order: replace(book, charges=charges))
        [difference] = compared().differences
        assert difference.what.startswith("Charge ch_again of 5040.00 AED at ")
        assert payment.reference in difference.what
        assert difference.advice == comparing.TAKEN_AGAIN
    returned = BookedRefund(reference="rf_again", key="by-hand", charge="ch_again", amount=again.amount, at=again.at)
    whole = replace(book, charges=[*book.charges, again], refunds=[*book.refunds, returned])
    monkeypatch.setattr(type(sandbox), "book_since", lambda self, since: whole)
    assert [one for one in compared().differences if one.advice == comparing.TAKEN_AGAIN] == []


@pytest.mark.parametrize("wrong", [Decimal("5039.99"), Decimal("0.00")])
def test_a_charge_of_another_amount_is_named(retailer: Person, wrong: Decimal) -> None:
    payment = paid(retailer)
    payment.attempts.update(captured=wrong)
    [difference] = compared().differences
    assert payment.reference in difference.what
    assert f"{wrong} AED" in difference.what
    assert difference.advice == comparing.LOOK_AT_BOTH


def test_what_we_booked_and_the_bank_does_not_list_is_named(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    given_back(payment, "40.00", staff.actor)
    BankRefund.objects.all().delete()
    assert [one.advice for one in compared().differences] == [comparing.GIVE_BACK_AGAIN]
    BankCharge.objects.all().delete()
    assert {one.advice for one in compared().differences} == {comparing.ASK_THE_BANK, comparing.GIVE_BACK_AGAIN}


def test_a_refund_unknown_to_us_is_named_also_of_a_charge_before_that_time(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    long_ago = clock.now() - timedelta(days=30)
    BankCharge.objects.update(created_at=long_ago)
    payment.attempts.update(created_at=long_ago)
    refund = given_back(payment, "40.00", staff.actor)
    refund.delete()
    [difference] = compared().differences
    assert f"of {payment.reference} is unknown to us" in difference.what
    assert difference.advice == comparing.NOT_AGAIN


def test_a_refund_that_we_call_refused_and_the_bank_made_is_named(retailer: Person, staff: Person) -> None:
    refund = given_back(paid(retailer), "40.00", staff.actor)
    Refund.objects.filter(pk=refund.pk).update(status="failed")
    [difference] = compared().differences
    assert "ours is of 40.00 AED and failed" in difference.what


def test_a_payment_still_asked_about_is_no_difference(retailer: Person) -> None:
    confirm(owed(retailer), "tok_timeout", retailer)
    assert compared() == Comparison(charges=1, refunds=0, still_asked=1, differences=[])


def test_what_was_before_that_time_is_not_looked_at(retailer: Person) -> None:
    payment = paid(retailer)
    forget(payment)
    BankCharge.objects.update(created_at=clock.now() - timedelta(days=8))
    assert compared().differences == []
    assert len(compared(days=9).differences) == 1


def test_another_systems_keys_are_no_crash(retailer: Person) -> None:
    paid(retailer)
    BankCharge.objects.update(key="not-a-uuid")
    assert len(compared().differences) == 1


def test_comparing_changes_nothing(retailer: Person) -> None:
    forget(paid(retailer))
    before = [list(model.objects.order_by("pk").values()) for model in (Payment, PaymentAttempt, Refund, BankCharge, BankRefund)]
    compared()
    assert before == [list(model.objects.order_by("pk").values()) for model in (Payment, PaymentAttempt, Refund, BankCharge, BankRefund)]


def test_a_bank_that_does_not_answer_is_no_agreement(bank: Callable[..., ScriptedGateway]) -> None:
    gateway = bank()
    with pytest.raises(NoAnswer):
        gateway.book_since(clock.now())
    with pytest.raises(Unavailable):
        compare("scripted", since=clock.now())
    with pytest.raises(CommandError, match="does not answer"):
        call_command("reconcile_gateway", gateway="scripted")


@pytest.mark.embedded
def test_the_command_ends_badly_while_anything_differs(retailer: Person) -> None:
    forget(paid(retailer))
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences between our book and sandbox's"):
        call_command("reconcile_gateway", stdout=out)
    assert comparing.REFUND_THERE in out.getvalue()


def test_the_command_reads_a_moment_of_the_uae(retailer: Person) -> None:
    forget(paid(retailer))
    BankCharge.objects.update(created_at=clock.now() - timedelta(days=60))
    with pytest.raises(CommandError):
        call_command("reconcile_gateway", "--since", f"{clock.now() - timedelta(days=70):%Y-%m-%dT%H:%M}")
    with pytest.raises(CommandError, match="invalid moment value"):
        call_command("reconcile_gateway", "--since", "yesterday")
