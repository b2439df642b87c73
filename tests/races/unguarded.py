"""The application with one guard taken away, for control runs that must fail: `AQAD_UNGUARDED` names the guard.

Nothing outside the tests can switch a guard off: this module replaces functions in its own server process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from decimal import Decimal

from aqad.wsgi import application as application

PAUSE = 0.5  # seconds between looking and acting, as a busy server has them


def stock() -> None:
    """Look first, write later: the way to oversell."""
    from catalog.actions import stock as actions
    from catalog.models import Stock

    def take(product_id: int, quantity: int) -> bool:
        row = Stock.objects.get(product_id=product_id)
        time.sleep(PAUSE)
        if row.available < quantity:
            return False
        Stock.objects.filter(product_id=product_id).update(reserved=row.reserved + quantity)
        return True

    actions._take = take


def payment() -> None:
    """Payments are read, not locked."""
    from payments.actions import owing, refunding
    from payments.models import Payment

    refundable = refunding.refundable

    def read(payment_id: int) -> Payment:
        row = Payment.objects.get(pk=payment_id)
        time.sleep(PAUSE)
        return row

    def look(payment: Payment) -> Decimal:
        left = refundable(payment)
        time.sleep(PAUSE)
        return left

    owing.lock_payment = read
    refunding.refundable = look


def key() -> None:
    """Idempotency keys are not looked at."""
    from aqad.core import idempotency

    idempotency.read_key = lambda request: None


GUARDS: dict[str, Callable[[], None]] = {"stock": stock, "payment": payment, "key": key, "": lambda: None}
GUARDS[os.environ.get("AQAD_UNGUARDED", "")]()
