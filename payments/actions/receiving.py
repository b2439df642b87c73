"""Webhooks: kept under the gateway's own id, answered at once, and believed only as a hint that something is worth asking about."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from aqad.audit.actions import record
from aqad.audit.publishing import publish
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.transactions import outside_transaction
from payments.actions import reconciling
from payments.gateways.base import Kind, Message
from payments.models import GatewayMessage, PaymentAttempt
from payments.statuses import AttemptStatus

log = structlog.get_logger(__name__)
LEFT_OVER_AFTER = timedelta(seconds=10)
BATCH = 100


def receive(gateway: str, message: Message, *, actor: Actor) -> GatewayMessage:
    """Keep a verified message; a repeat is the same row. A task handles it after commit."""
    with transaction.atomic():
        kept, is_new = GatewayMessage.objects.get_or_create(
            gateway=gateway,
            message_id=message.message_id,
            defaults={"kind": message.kind, "gateway_reference": message.reference, "key": message.key, "received_at": clock.now()},
        )
        attempt = _attempt_of(kept) if is_new else None
        if attempt is not None:
            facts: dict[str, Any] = {"kind": message.kind, "message": message.message_id, "attempt": str(attempt.pk)}
            record("payments.webhook_received", attempt.payment, actor, **facts)
            if message.needs_a_person:
                record("payments.money_alert", attempt.payment, actor, reason=message.kind, attempt=str(attempt.pk))
        if is_new:
            transaction.on_commit(partial(publish, "payments.handle_message", kept.pk))
    return kept


def handle(message_id: int, *, actor: Actor) -> bool:
    """Ask the gateway what is true and settle it. False: it did not say, so the message waits for the sweep."""
    outside_transaction()
    message = GatewayMessage.objects.get(pk=message_id)
    attempt = _attempt_of(message)
    is_settled = attempt is None or attempt.status == AttemptStatus.SUCCEEDED
    if message.handled_at is None and attempt is not None and not is_settled:
        is_settled = reconciling.ask_about(attempt.pk, actor=actor) != Kind.UNKNOWN
    if is_settled:
        GatewayMessage.objects.filter(pk=message_id, handled_at=None).update(handled_at=clock.now())
    return is_settled


def handle_left_over(limit: int = BATCH) -> int:
    """Messages whose task was lost, or about which the gateway was silent. Returns how many are handled now."""
    outside_transaction()
    waiting = GatewayMessage.objects.filter(handled_at=None, received_at__lte=clock.now() - LEFT_OVER_AFTER)
    handled = 0
    for message_id in list(waiting.order_by("received_at").values_list("pk", flat=True)[:limit]):
        try:
            handled += handle(message_id, actor=Actor.system("reconciler"))
        except Exception:
            log.exception("webhook_failed", message_id=message_id)
    return handled


def _attempt_of(message: GatewayMessage) -> PaymentAttempt | None:
    attempts = PaymentAttempt.objects.select_related("payment").filter(gateway=message.gateway)
    try:
        found = attempts.filter(pk=UUID(message.key)).first() if message.key else None
    except ValueError:
        found = None
    if found is None and message.gateway_reference:
        found = attempts.filter(gateway_reference=message.gateway_reference).first()
    return found
