"""Sending refunds to the bank, each under its own id as the key, until the bank has said yes or no."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from aqad.audit.actions import record
from aqad.core import clock, money
from aqad.core.actor import Actor
from aqad.core.transactions import outside_transaction
from payments.actions import moving, owing, refunding
from payments.actions.paying import charge_of
from payments.gateways import registry
from payments.gateways.base import RefundOutcome
from payments.models import Refund
from payments.querysets import refunds_to_send
from payments.statuses import RefundStatus

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=6)
BATCH = 100


def send_waiting(limit: int = BATCH) -> int:
    """Call the bank for every refund whose turn has come. Returns how many are done; one that fails stops no other."""
    outside_transaction()
    done = 0
    for refund in refunds_to_send(clock.now()).select_related("attempt")[:limit]:
        if refund.attempt is None or registry.of(refund.attempt.gateway).is_away or not _claim(refund):
            continue
        try:
            outcome = registry.of(refund.attempt.gateway).refund(key=str(refund.pk), charge=charge_of(refund.attempt), amount=refund.amount)
            done += settle_refund(refund.pk, outcome, actor=Actor.system("refunds"))
        except Exception:
            log.exception("refund_failed", refund=str(refund.pk))
    return done


def settle_refund(refund_id: UUID, outcome: RefundOutcome, *, actor: Actor) -> bool:
    """Let the refund follow what the bank says; harmless when repeated. True when the money is back."""
    with transaction.atomic():
        payment = owing.lock_payment(Refund.objects.only("payment_id").get(pk=refund_id).payment_id)
        refund = payment.refunds.get(pk=refund_id)
        if refund.status != RefundStatus.REQUESTED:
            return refund.status == RefundStatus.DONE
        if outcome.refusal:
            moving.move_refund(refund, RefundStatus.FAILED)
            facts: dict[str, Any] = {"refund": str(refund.pk), "amount": money.text(refund.amount), "reason": outcome.refusal}
            record("payments.refund_failed", payment, actor, **facts)
            record("payments.money_alert", payment, actor, **{**facts, "reason": "refund_refused"})
            return False
        if not outcome.is_known:
            refund.next_try_at = _next_try(refund.tries, clock.now())
            refund.save(update_fields=["next_try_at"])
            return False
        refunding.complete(payment, refund, actor=actor, gateway_reference=outcome.reference)
    return True


def _next_try(tries: int, now: datetime) -> datetime:
    return now + min(FIRST_PAUSE * 2 ** min(tries, 12), LONGEST_PAUSE)


def _claim(refund: Refund) -> bool:
    """Only one worker sends it at a time; a killed one's turn comes round again, under the same key."""
    mine = Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED, next_try_at=refund.next_try_at)
    return mine.update(tries=F("tries") + 1, next_try_at=clock.now() + LEASE) == 1
