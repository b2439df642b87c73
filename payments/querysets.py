"""Named questions about payments. Everything a door shows starts from `visible_to`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from aqad.core.actor import Actor
from payments.models import Payment, PaymentAttempt, Refund
from payments.statuses import LIVE_ATTEMPTS, LIVE_PAYMENTS, Method, PaymentStatus, RefundStatus


def visible_to(actor: Actor) -> QuerySet[Payment]:
    """A retailer's own payments; all for AQAD's staff; none for anybody else."""
    if actor.is_staff:
        return Payment.objects.all()
    if actor.role == "retailer" and actor.company_id is not None:
        return Payment.objects.filter(payer_id=actor.company_id)
    return Payment.objects.none()


def in_full(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """With all that is shown of a payment, in a constant number of queries."""
    return rows.prefetch_related(
        "orders",
        Prefetch("attempts", PaymentAttempt.objects.order_by("created_at", "pk")),
        Prefetch("refunds", Refund.objects.order_by("created_at", "pk")),
    )


def overdue(at: datetime) -> QuerySet[Payment]:
    """Card payments whose time to pay ran out by `at` and that are not settled yet."""
    open_states = (PaymentStatus.UNPAID, *LIVE_PAYMENTS)
    return Payment.objects.filter(method=Method.CARD, status__in=open_states, pay_by__lte=at)


def live_attempts() -> QuerySet[PaymentAttempt]:
    return PaymentAttempt.objects.filter(status__in=LIVE_ATTEMPTS)


def attempts_to_ask(at: datetime) -> QuerySet[PaymentAttempt]:
    """Attempts whose outcome is open and about which the gateway should be asked (again)."""
    return live_attempts().filter(next_ask_at__lte=at).order_by("next_ask_at")


def refunds_to_send(at: datetime) -> QuerySet[Refund]:
    return Refund.objects.filter(status=RefundStatus.REQUESTED, next_try_at__lte=at).order_by("next_try_at")


def counting_refunds(payment: Payment, *, surplus: bool = False) -> QuerySet[Refund]:
    """Refunds that were not refused: of the money that paid for something, or of what came when nothing was owed."""
    of_surplus = Q(attempt__is_surplus=True)
    return payment.refunds.filter(of_surplus if surplus else ~of_surplus).exclude(status=RefundStatus.FAILED)
