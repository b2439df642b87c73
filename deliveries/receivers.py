"""Deliveries' answers to what orders announce, in the orders' own transaction and under their locks."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from aqad.core.actor import Actor
from orders.models import Order


def connect() -> None:
    """Called once when the app is ready."""
    from orders.signals import order_closed, order_ready

    order_ready.connect(on_order_ready, dispatch_uid="deliveries.on_order_ready")
    order_closed.connect(on_order_closed, dispatch_uid="deliveries.on_order_closed")


def on_order_ready(sender: Any, order: Order, actor: Actor, **_: Any) -> None:
    """Where the deployment wishes it, find a partner without asking anybody."""
    from deliveries.actions.assigning import assign_automatically

    if settings.AUTO_ASSIGN_DELIVERIES:
        assign_automatically(order, actor=Actor.system("assignment", request_id=actor.request_id))


def on_order_closed(sender: Any, order: Order, actor: Actor, **_: Any) -> None:
    """There is nothing to carry any more."""
    from deliveries.actions.assigning import cancel_for

    cancel_for(order, actor=Actor.system("order closed", request_id=actor.request_id))
