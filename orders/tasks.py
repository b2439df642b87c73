"""What beat asks of orders. Each is harmless when repeated."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="orders.expire_unpaid")
def expire_unpaid() -> int:
    from orders.actions import expiry

    return expiry.expire_unpaid()


@shared_task(name="orders.cancel_unaccepted")
def cancel_unaccepted() -> int:
    from orders.actions import expiry

    return expiry.cancel_unaccepted()


@shared_task(name="orders.remind_unaccepted")
def remind_unaccepted() -> int:
    from orders.actions import expiry

    return expiry.remind_unaccepted()
