"""Orders' answers to what payments announce."""

from __future__ import annotations

from typing import Any

from aqad.core.actor import Actor


def connect() -> None:
    """Called once when the app is ready."""
    from payments.signals import payment_settled

    payment_settled.connect(on_payment_settled, dispatch_uid="orders.on_payment_settled")


def on_payment_settled(sender: Any, *, payment: Any, actor: Actor, outcome: str, reason: str = "", **_: Any) -> None:
    """Inside the transaction that settles the payment, which is locked."""
    from orders.actions import settling

    if outcome == "paid":
        settling.mark_paid(payment, actor=actor)
    else:
        settling.mark_failed(payment, reason=reason, actor=actor)
