"""The bank of the faults does for the product's own gateway what Stripe documents, and misbehaves only where it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aqad.core import clock
from payments.gateways import stripe as adapter
from payments.gateways.base import Charge, Kind, NoAnswer, Order, Outcome
from payments.gateways.stripe import StripeGateway
from tests.faults.bank import SECRETS, Bank

pytestmark = pytest.mark.embedded
ORDER = Order(key="11111111-1111-4111-8111-111111111111", amount=Decimal("12.34"), token="pm_good", description="", return_url="")


@pytest.fixture
def bank() -> Iterator[Bank]:
    made = Bank()
    made.tells = False
    yield made.start("http://127.0.0.1:9")
    made.end()


@pytest.fixture
def gateway(bank: Bank, settings: Any, monkeypatch: pytest.MonkeyPatch) -> StripeGateway:
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{bank.port}"
    monkeypatch.setattr(adapter, "SECONDS_TO_WAIT", (1.0, 0.5))
    return StripeGateway()


def charge_of(order: Order, reference: str = "") -> Charge:
    return Charge(key=order.key, reference=reference, asked_at=clock.now())


def test_takes_the_money_once_however_often_it_is_asked_under_one_key(bank: Bank, gateway: StripeGateway) -> None:
    first, again = gateway.charge(ORDER), gateway.charge(ORDER)
    assert first == again
    assert (first.kind, first.amount, len(bank.intents)) == (Kind.SUCCEEDED, Decimal("12.34"), 1)
    assert gateway.retrieve(charge_of(ORDER, first.reference)) == first


def test_declines_a_card_without_money(gateway: StripeGateway) -> None:
    outcome = gateway.charge(replace(ORDER, token="pm_declined"))
    assert (outcome.kind, outcome.decline_code) == (Kind.DECLINED, "card_declined")
    assert gateway.retrieve(charge_of(ORDER)).kind == Kind.DECLINED


def test_charges_that_an_outage_lost_are_found_among_thousands(bank: Bank, gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(3)]
    taken = [gateway.charge(replace(ORDER, key=key)) for key in keys]
    newest = bank.intents[taken[-1].reference]
    bank.intents |= {
        f"pi_{number}": {**newest, "id": f"pi_{number}", "metadata": {"attempt": f"another {number}"}} for number in range(2500)
    }
    lost = [Charge(key=key, reference="", asked_at=clock.now()) for key in (*keys, "never arrived")]
    with pytest.raises(NoAnswer, match="too many"):  # nobody waits for 26 pages of one charge
        gateway.retrieve(lost[0])
    found = gateway.seek(lost)
    assert [charge.reference for charge in found] == [*(outcome.reference for outcome in taken), ""]
    assert [gateway.retrieve(charge) for charge in found] == [*taken, Outcome(Kind.NOT_FOUND)]
    monkeypatch.setattr(adapter, "MOST_SOUGHT", 2000)  # the newest come first: ours are behind, and nothing is known of them
    assert gateway.seek(lost) == []


def test_gives_back_once_and_never_more_than_was_taken(bank: Bank, gateway: StripeGateway) -> None:
    charge = charge_of(ORDER, gateway.charge(ORDER).reference)
    first = gateway.refund(key="r1", charge=charge, amount=Decimal("10.00"))
    assert first.reference
    assert gateway.refund(key="r1", charge=charge, amount=Decimal("10.00")) == first
    assert gateway.refund(key="r2", charge=charge, amount=Decimal("10.00")).refusal == "charge_already_refunded"
    assert len(bank.refunds) == 1


@pytest.mark.parametrize("fault", [{"is_mute": True}, {"thinks": 2.0}])
def test_takes_the_money_without_saying_so_and_is_found_by_our_key(bank: Bank, gateway: StripeGateway, fault: dict[str, Any]) -> None:
    for name, value in fault.items():
        setattr(bank, name, value)
    with pytest.raises(NoAnswer):
        gateway.charge(ORDER)
    found = gateway.retrieve(charge_of(ORDER))
    assert (found.kind, len(bank.intents)) == (Kind.SUCCEEDED, 1)


def test_shows_its_whole_book_page_by_page(gateway: StripeGateway) -> None:
    for number in range(205):
        gateway.charge(replace(ORDER, key=f"{number:08}{ORDER.key[8:]}"))
    assert len(gateway.book_since(clock.now() - timedelta(hours=1)).charges) == 205


def test_control_a_double_charge_stands_in_its_book(bank: Bank, gateway: StripeGateway) -> None:
    gateway.charge(ORDER)
    bank.charge_twice()
    book = gateway.book_since(clock.now() - timedelta(hours=1))
    assert [charge.amount for charge in book.charges] == [Decimal("12.34")] * 2
