"""Asking the gateway what is true, until it says so: about open attempts, about webhooks, before a payment expires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction

from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.transactions import outside_transaction
from payments.actions import owing, settling
from payments.actions.paying import GRACE, charge_of
from payments.gateways import registry
from payments.gateways.base import Charge, Kind
from payments.gateways.guard import GuardedGateway
from payments.models import PaymentAttempt
from payments.querysets import attempts_to_ask, live_attempts
from payments.statuses import AttemptStatus, PaymentStatus

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=1)
BATCH = 100


def ask_about_open(limit: int = BATCH) -> int:
    """Ask about every attempt whose turn has come. Returns how many were asked about; one that cannot be settled stops no other."""
    outside_transaction()
    asked = 0
    actor = Actor.system("reconciler")
    due = defaultdict[str, list[PaymentAttempt]](list)
    for attempt in attempts_to_ask(clock.now())[:limit]:
        due[attempt.gateway].append(attempt)
    for name, attempts in due.items():
        gateway = registry.of(name)
        charges = {} if gateway.is_away else _sought(gateway, [charge_of(attempt) for attempt in attempts])
        for attempt in attempts:
            charge = charges.get(str(attempt.pk))
            if gateway.is_away or not _claim(attempt) or charge is None:
                continue
            asked += 1
            try:
                ask_about(attempt.pk, actor=actor, charge=charge)
            except Exception:
                log.exception("reconcile_failed", attempt=str(attempt.pk))
    return asked


def ask_about(attempt_id: UUID, *, actor: Actor, charge: Charge | None = None) -> Kind:
    """Ask the gateway about one attempt and settle what it says, which is returned. `charge` is the attempt's, if it was looked for."""
    outside_transaction()
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    if charge is None or attempt.gateway_reference:  # which may have been told since the charge was looked for
        charge = charge_of(attempt)
    outcome = registry.of(attempt.gateway).retrieve(charge)
    if outcome.kind == Kind.NOT_FOUND and _may_be_on_its_way(attempt):
        return Kind.UNKNOWN
    settling.settle(attempt.pk, outcome, actor=actor)
    return outcome.kind


def fail_overdue(payment_id: int, *, actor: Actor) -> None:
    """Fail a card payment whose time is over. What is under way is first cancelled at the gateway; if that says that the money is
    taken, the payment is paid; if it does not answer, or the charge may be on its way to it this moment, nothing happens yet.
    """
    outside_transaction()
    attempt = live_attempts().filter(payment_id=payment_id).first()
    if attempt is not None:
        if _may_be_on_its_way(attempt):
            return
        outcome = registry.of(attempt.gateway).cancel(charge_of(attempt))
        settling.settle(attempt.pk, outcome, actor=actor)
    with transaction.atomic():
        payment = owing.lock_payment(payment_id)
        is_over = payment.pay_by is not None and payment.pay_by <= clock.now()
        if payment.status == PaymentStatus.UNPAID and not payment.is_cash and is_over:
            settling.fail(payment, reason="expired", actor=actor)


def _sought(gateway: GuardedGateway, charges: Sequence[Charge]) -> dict[str, Charge]:
    """By their keys, those that can be asked about now. An attempt is due only after its GRACE, so none arrives behind who looks for it."""
    try:
        charges = gateway.seek(charges)
    except Exception:  # each is looked for by itself then, so that one stops no other
        log.exception("seeking_failed", gateway=gateway.name)
    return {charge.key: charge for charge in charges}


def _may_be_on_its_way(attempt: PaymentAttempt) -> bool:
    """Some process may be calling the gateway for it right now."""
    return attempt.status == AttemptStatus.INITIATED and attempt.created_at > clock.now() - GRACE


def _claim(attempt: PaymentAttempt) -> bool:
    """Only one worker asks at a time; a killed one's turn comes round again."""
    mine = live_attempts().filter(pk=attempt.pk, next_ask_at=attempt.next_ask_at)
    return mine.update(next_ask_at=clock.now() + LEASE) == 1
