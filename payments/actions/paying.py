"""Paying by card: two short durable blocks around the gateway's call.

The first commits the idempotency key with a new attempt, so that whatever happens next the attempt's id is the one key under which
the bank was asked; the second settles what the bank said and stores the answer with the key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from rest_framework.response import Response

from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.idempotency import Answer, Claim
from aqad.core.transactions import outside_transaction
from payments.actions import moving, owing, settling
from payments.errors import GatewayAway, NotPayable, UnknownToken
from payments.gateways import registry
from payments.gateways.base import Charge, Kind, Order
from payments.gateways.guard import GuardedGateway
from payments.models import Payment, PaymentAttempt
from payments.statuses import PaymentStatus

Render = Callable[[Payment], Answer]
# An attempt that nobody has finished by then was left behind by a process that died.
GRACE = timedelta(minutes=1)
HTTP_STATUSES: dict[str, int] = {
    PaymentStatus.PAID: 200,
    PaymentStatus.PARTIALLY_REFUNDED: 200,
    PaymentStatus.REFUNDED: 200,
    PaymentStatus.FAILED: 402,
    PaymentStatus.CANCELLED: 402,
}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the door answers; `is_replay` when it was answered before."""

    answer: Answer
    is_replay: bool = False

    def as_response(self) -> Response:
        return self.answer.as_response(replayed=self.is_replay)


@dataclass(frozen=True, slots=True)
class _Begun:
    claim: Claim
    attempt: PaymentAttempt
    gateway: GuardedGateway


def confirm(payment_id: int, *, token: str, actor: Actor, claim: Callable[[], Claim], render: Render) -> Confirmed:
    """Try to take the payment's whole amount by card.

    `claim` takes the request's idempotency key; the door passes `lambda: idempotency.take(actor, request)`. `render` turns the payment,
    as it stands in the same transaction, into the door's answer, whose status is `http_status(payment)`; a declined payment is such an
    answer too (402), not an exception, since it is committed and stored with the key. A repeat of the key gets the stored answer, or
    the present state if the first request died on its way; while an attempt is live, everybody gets the present state.

    Raises NotPayable (failed, paid, cancelled, cash), UnknownToken, GatewayAway; Malformed, Invalid and Conflict of the key itself.
    """
    outside_transaction()
    begun = _begin(payment_id, token=token, actor=actor, claim=claim, render=render)
    if isinstance(begun, Confirmed):
        return begun
    outcome = begun.gateway.charge(order_of(begun.attempt))
    with transaction.atomic(durable=True):
        payment = settling.settle(begun.attempt.pk, outcome, actor=actor)
        if outcome.kind == Kind.UNUSABLE:
            begun.claim.free()
        else:
            answer = render(payment)
            begun.claim.store(answer)
    if outcome.kind == Kind.UNUSABLE:
        raise UnknownToken
    return Confirmed(answer)


def http_status(payment: Payment) -> int:
    """How a confirmation is answered: 200 paid, 402 declined, else 202 (under way, or open again)."""
    return HTTP_STATUSES.get(payment.status, 202)


def order_of(attempt: PaymentAttempt) -> Order:
    """What the gateway is asked to take."""
    reference = attempt.payment.reference
    return Order(
        key=str(attempt.pk),
        amount=attempt.amount,
        token=attempt.token,
        description=f"AQAD {reference}",
        return_url=f"{settings.PUBLIC_URL}/payments/return/{reference}?attempt={attempt.pk}",
    )


def charge_of(attempt: PaymentAttempt) -> Charge:
    """How the gateway finds what it was asked to take."""
    return Charge(key=str(attempt.pk), reference=attempt.gateway_reference, asked_at=attempt.created_at)


def _begin(payment_id: int, *, token: str, actor: Actor, claim: Callable[[], Claim], render: Render) -> Confirmed | _Begun:
    """The first block: the key, and either an answer or a new attempt, committed together."""
    gateway = registry.current()
    with transaction.atomic(durable=True):
        taken = claim()
        if taken.replay is not None:
            return Confirmed(taken.replay, is_replay=True)
        if not gateway.knows(token):
            raise UnknownToken
        payment = owing.lock_payment(payment_id)
        if payment.is_live or taken.is_repeat:
            answer = render(payment)
            if not taken.is_repeat:
                taken.store(answer)
            return Confirmed(answer)
        if payment.is_cash or payment.status != PaymentStatus.UNPAID:
            raise NotPayable(status=payment.status)
        if gateway.is_away:
            raise GatewayAway
        return _Begun(taken, _start(payment, token=token, gateway=gateway.name, actor=actor), gateway)


def _start(payment: Payment, *, token: str, gateway: str, actor: Actor) -> PaymentAttempt:
    now = clock.now()
    attempt = PaymentAttempt.objects.create(
        payment=payment, amount=payment.amount, token=token, gateway=gateway, created_at=now, next_ask_at=now + GRACE
    )
    payment.gateway = gateway
    moving.move_payment(
        payment,
        PaymentStatus.PROCESSING,
        verb="payments.attempted",
        actor=actor,
        saving=("gateway",),
        attempt=str(attempt.pk),
        amount=money.text(attempt.amount),
    )
    return attempt
