"""Workers' entry points to money: each takes ids or nothing and calls one action."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="payments.reconcile")
def reconcile() -> int:
    """Ask the gateway about open attempts and about webhooks that were left over."""
    from payments.actions import receiving, reconciling

    return receiving.handle_left_over() + reconciling.ask_about_open()


@shared_task(name="payments.handle_message")
def handle_message(message_id: int) -> bool:
    from aqad.core.actor import Actor
    from payments.actions import receiving

    return receiving.handle(message_id, actor=Actor.system("gateway"))


@shared_task(name="payments.send_refunds")
def send_refunds() -> int:
    from payments.actions import sending

    return sending.send_waiting()


@shared_task(name="payments.send_sandbox_webhooks")
def send_sandbox_webhooks() -> int:
    from django.conf import settings

    from payments.gateways import posting

    return posting.post_waiting() if settings.PAYMENT_GATEWAY == "sandbox" else 0
