"""Our own bank, which behaves badly on purpose. It keeps its own book, each entry committed in the bank's own transaction, so that
both books can be compared; and it knows of no payment of ours but by the key that it was asked with.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum

from aqad.audit.publishing import publish, runs_here
from aqad.core import clock, money
from payments.gateways import signing
from payments.gateways.base import (
    Book,
    BookedCharge,
    BookedRefund,
    Charge,
    Gateway,
    Kind,
    Message,
    NoAnswer,
    Order,
    Outcome,
    RefundOutcome,
)
from payments.models import BankCharge, BankRefund, BankWebhook
from payments.statuses import ChargeStatus

SIGNATURE_HEADER = "Sandbox-Signature"
LATE_AFTER = timedelta(seconds=3)
DECLINES = {"tok_declined": "card_declined", "tok_insufficient_funds": "insufficient_funds"}
BEHAVIOURS: dict[str, str] = {
    "tok_visa": ChargeStatus.SUCCEEDED,
    "tok_declined": ChargeStatus.DECLINED,
    "tok_insufficient_funds": ChargeStatus.DECLINED,
    "tok_3ds": ChargeStatus.REQUIRES_ACTION,
    "tok_timeout": ChargeStatus.SUCCEEDED,  # takes the money and does not say so
    "tok_late": ChargeStatus.PROCESSING,  # makes up its mind later, and tells by webhook
}
FAILS_BEFORE = "tok_error"
KINDS = {
    ChargeStatus.SUCCEEDED: Kind.SUCCEEDED,
    ChargeStatus.DECLINED: Kind.DECLINED,
    ChargeStatus.REQUIRES_ACTION: Kind.REQUIRES_ACTION,
    ChargeStatus.PROCESSING: Kind.PROCESSING,
    ChargeStatus.CANCELLED: Kind.CANCELLED,
}


class SandboxGateway(Gateway):
    name = "sandbox"

    def knows(self, token: str) -> bool:
        return token in BEHAVIOURS or token == FAILS_BEFORE

    def charge(self, order: Order) -> Outcome:
        if order.token == FAILS_BEFORE:
            raise NoAnswer("the sandbox bank failed before it took anything", is_away=False)
        if not self.knows(order.token):
            return Outcome(Kind.UNUSABLE)
        charge, is_new = _enter(order)
        if is_new:
            _post_soon()
            if order.token == "tok_timeout":  # noqa: S105  (the name of a behaviour)
                raise NoAnswer("the sandbox bank took the money and does not answer", is_away=False)
        return _outcome(charge)

    def retrieve(self, charge: Charge) -> Outcome:
        with transaction.atomic(durable=True):
            found = _find(charge.key)
        return _outcome(found) if found else Outcome(Kind.NOT_FOUND)

    def cancel(self, charge: Charge) -> Outcome:
        with transaction.atomic(durable=True):
            found = _find(charge.key)
            if found and found.status in {ChargeStatus.REQUIRES_ACTION, ChargeStatus.PROCESSING}:
                _decide(found, ChargeStatus.CANCELLED)
        return _outcome(found) if found else Outcome(Kind.NOT_FOUND)

    def refund(self, *, key: str, charge: Charge, amount: Decimal) -> RefundOutcome:
        with transaction.atomic(durable=True):
            found = _find(charge.key)
            if found is None or found.status != ChargeStatus.SUCCEEDED:
                return RefundOutcome(refusal="charge_not_refundable")
            before = found.refunds.filter(key=key).first()
            if before is not None:
                return RefundOutcome(reference=before.reference)
            if money.aed(found.refunds.aggregate(sum=Sum("amount"))["sum"]) + amount > found.amount:
                return RefundOutcome(refusal="amount_too_large")
            made = BankRefund.objects.create(key=key, reference=_new_reference("rf"), charge=found, amount=amount, created_at=clock.now())
        return RefundOutcome(reference=made.reference)

    def book_since(self, moment: datetime) -> Book:
        with transaction.atomic(durable=True):
            charges = list(BankCharge.objects.filter(status=ChargeStatus.SUCCEEDED, created_at__gte=moment).order_by("pk"))
            refunds = list(BankRefund.objects.filter(created_at__gte=moment).select_related("charge").order_by("pk"))
        return Book(
            [BookedCharge(charge.key, charge.reference, charge.amount, charge.created_at) for charge in charges],
            [BookedRefund(one.key, one.reference, one.charge.reference, one.amount, one.created_at) for one in refunds],
        )

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Message | None:
        now = int(clock.now().timestamp())
        signing.verify(raw, headers.get(SIGNATURE_HEADER, ""), secret=settings.SANDBOX_WEBHOOK_SECRET, now=now)
        try:
            body = orjson.loads(raw)
            return Message(
                message_id=str(body["id"])[:120],
                kind=str(body["kind"])[:60],
                key=str(body["key"])[:64],
                reference=str(body["charge"])[:120],
            )
        except (ValueError, KeyError, TypeError):
            return None


def charge_at(reference: str) -> BankCharge | None:
    """The charge behind the bank's page."""
    return BankCharge.objects.filter(reference=reference[:64]).first()


def decide(reference: str, *, approve: bool) -> BankCharge | None:
    """The payer's word on the bank's page; a charge that is past asking stays as it is. None: no such charge."""
    with transaction.atomic(durable=True):
        charge = BankCharge.objects.select_for_update().filter(reference=reference).first()
        if charge is not None and charge.status == ChargeStatus.REQUIRES_ACTION:
            if not approve:
                charge.decline_code = "authentication_refused"
            _decide(charge, ChargeStatus.SUCCEEDED if approve else ChargeStatus.DECLINED)
    _post_soon()
    return charge


def _enter(order: Order) -> tuple[BankCharge, bool]:
    """The charge under this key, and whether it was entered in the book just now; two at once enter one."""
    now = clock.now()
    status = BEHAVIOURS[order.token]
    try:
        with transaction.atomic(durable=True):
            charge = BankCharge.objects.create(
                key=order.key,
                reference=_new_reference("ch"),
                token=order.token,
                amount=order.amount,
                status=status,
                decline_code=DECLINES.get(order.token, ""),
                return_url=order.return_url,
                settles_at=now + LATE_AFTER if status == ChargeStatus.PROCESSING else None,
                created_at=now,
            )
            _tell(charge)
    except IntegrityError:
        return BankCharge.objects.get(key=order.key), False
    return charge, True


def _find(key: str) -> BankCharge | None:
    """The charge, locked; one that wanted time has made up its mind when that has passed."""
    charge = BankCharge.objects.select_for_update().filter(key=key).first()
    if charge and charge.status == ChargeStatus.PROCESSING and charge.settles_at and charge.settles_at <= clock.now():
        charge.status = ChargeStatus.SUCCEEDED
        charge.save(update_fields=["status"])
    return charge


def _decide(charge: BankCharge, status: str) -> None:
    charge.status = status
    charge.save(update_fields=["status", "decline_code"])
    _tell(charge)


def _tell(charge: BankCharge) -> None:
    """Put a message into the bank's own outbox; one about a late charge waits until it is decided."""
    kind = f"charge.{ChargeStatus.SUCCEEDED if charge.status == ChargeStatus.PROCESSING else charge.status}"
    BankWebhook.objects.create(message_id=_new_reference("msg"), kind=kind, charge=charge, send_at=charge.settles_at or clock.now())


def _post_soon() -> None:
    """Ask a worker to post what waits. Without one nothing is posted here: a process that waits for itself would stand still."""
    if not runs_here():
        publish("payments.send_sandbox_webhooks")


def _outcome(charge: BankCharge) -> Outcome:
    kind = KINDS[ChargeStatus(charge.status)]
    return Outcome(
        kind,
        reference=charge.reference,
        amount=charge.amount if kind == Kind.SUCCEEDED else money.ZERO,
        decline_code=charge.decline_code,
        redirect_url=f"{settings.PUBLIC_URL}/sandbox-bank/{charge.reference}" if kind == Kind.REQUIRES_ACTION else "",
    )


def _new_reference(prefix: str) -> str:
    """Not to be guessed: the payer's page is reached by it."""
    return f"{prefix}_{secrets.token_hex(16)}"
