"""What the tests of payments start from, and the doors' part in confirming."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from aqad.audit.actions import rows_of
from aqad.audit.models import Event
from aqad.core import clock, writing
from aqad.core.actor import Actor
from aqad.core.idempotency import Answer, Claim, take
from aqad.core.parsing import StrictJSONParser
from payments.actions import owing, paying
from payments.actions.paying import Confirmed
from payments.gateways.base import Gateway, Kind, Message, Order, Outcome, RefundOutcome
from payments.models import BankCharge, Payment, PaymentAttempt
from payments.statuses import Method
from tests.cast import Person

AMOUNT = Decimal("5040.00")


def owed(retailer: Person, amount: Decimal | str = AMOUNT, *, method: str = Method.CARD, minutes: int = 30) -> Payment:
    """An unpaid payment of this retailer."""
    pay_by = clock.now() + timedelta(minutes=minutes) if method == Method.CARD else None
    with transaction.atomic():
        numbers = writing.draw({Payment: 1, Event: 1})
        payment = owing.compose_payment(
            pk=numbers[Payment][0], payer=retailer.of.company, method=method, amount=Decimal(amount), pay_by=pay_by
        )
        opening = owing.compose_opening(payment, pk=numbers[Event][0], actor=retailer.actor)
        writing.insert([payment, *rows_of([opening], retailer.actor)])
    return payment


def shown(payment: Payment) -> Answer:
    """What the door would answer, in short."""
    return Answer(paying.http_status(payment), {"status": payment.status})


def confirm(payment: Payment, token: str, retailer: Person, *, key: str | None = None) -> Confirmed:
    claim = (lambda: take(retailer.actor, request_with(key, token, payment))) if key else (lambda: Claim(None))
    return paying.confirm(payment.pk, token=token, actor=retailer.actor, claim=claim, render=shown)


def request_with(key: str, token: str, payment: Payment) -> Request:
    headers = {"Idempotency-Key": key}
    plain = APIRequestFactory().post(f"/api/payments/{payment.reference}/confirm", {"token": token}, format="json", headers=headers)
    return Request(plain, parsers=[StrictJSONParser()])


def paid(retailer: Person, amount: Decimal | str = AMOUNT) -> Payment:
    payment = owed(retailer, amount)
    confirm(payment, "tok_visa", retailer)
    payment.refresh_from_db()
    return payment


def attempt_of(payment: Payment) -> PaymentAttempt:
    return payment.attempts.latest("created_at")


def charge_of(payment: Payment) -> BankCharge:
    return BankCharge.objects.get(key=str(attempt_of(payment).pk))


def make_due(payment: Payment) -> None:
    """Time passes for the attempt: it is its turn to be asked about, and no process can still be calling the bank for it."""
    past = clock.now() - timedelta(minutes=5)
    payment.attempts.update(next_ask_at=past, created_at=past)


RECONCILER = Actor.system("reconciler")


class ScriptedGateway(Gateway):
    """Another bank, which says what the test tells it to and writes down what it was asked."""

    name = "scripted"

    def __init__(self, *says: Any) -> None:
        self.says = list(says)
        self.asked: list[tuple[str, Any]] = []

    def knows(self, token: str) -> bool:
        return token.startswith("card")

    def charge(self, order: Order) -> Outcome:
        return self._answer("charge", order.key)

    def retrieve(self, charge: Any) -> Outcome:
        return self._answer("retrieve", charge.key)

    def cancel(self, charge: Any) -> Outcome:
        return self._answer("cancel", charge.key)

    def refund(self, *, key: str, charge: Any, amount: Decimal) -> RefundOutcome:
        return self._answer("refund", key)

    def parse_webhook(self, raw: bytes, headers: Any) -> Message | None:
        return None

    def _answer(self, verb: str, key: str) -> Any:
        self.asked.append((verb, key))
        answer = self.says.pop(0) if self.says else Outcome(Kind.UNKNOWN)
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer
