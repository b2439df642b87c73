"""The payment gateway, and payments that wait for its word."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Min, QuerySet

from aqad.core import clock
from aqad.core.findings import Finding, ago, fail, judge, ok
from payments.gateways import registry
from payments.models import PaymentAttempt, Refund
from payments.statuses import LIVE_ATTEMPTS, RefundStatus

AREA = "gateway"
STRIPE = "https://api.stripe.com"
SECONDS_TO_WAIT = 3
PATIENCE = timedelta(minutes=10)


def gateway() -> Iterator[Finding]:
    """Whether this process's breaker is open, and whether the bank is there to be asked."""
    name = settings.PAYMENT_GATEWAY
    if registry.current().is_away:
        yield fail(
            AREA, "breaker", f"{name}: open in this process", "Its last calls failed. Card payments are refused for a moment, then tried."
        )
    else:
        yield ok(AREA, "breaker", f"{name}: closed in this process")
    if name == "stripe":
        yield _reach(settings.STRIPE_API_BASE or STRIPE)


def open_payments() -> Iterator[Finding]:
    """Attempts whose outcome is not known, and refunds that the bank has not taken, older than they should be."""
    before = clock.now() - PATIENCE
    yield _waiting(
        "payments without an outcome",
        PaymentAttempt.objects.filter(status__in=LIVE_ATTEMPTS, created_at__lt=before),
        "The reconciler asks again and again (task payments.reconcile): see workers, beat and the gateway. Never mark one paid by hand.",
    )
    yield _waiting(
        "refunds on their way",
        Refund.objects.filter(status=RefundStatus.REQUESTED, created_at__lt=before),
        "Sent by task payments.send_refunds: see workers, beat and the gateway.",
    )


def _waiting(name: str, rows: QuerySet[Any], advice: str) -> Finding:
    found = rows.order_by("created_at").values_list("payment_id", "status", "created_at")[:5]
    number = rows.count() if found else 0
    oldest = rows.aggregate(first=Min("created_at"))["first"] if found else None
    lines = [f"PAY{payment}: {status} since {ago((clock.now() - at).total_seconds())}" for payment, status, at in found]
    value = f"{number} older than 10 min" + (f", the oldest {ago((clock.now() - oldest).total_seconds())}" if oldest else "")
    return judge(AREA, name, number, value, advice, warn_at=1, fail_at=20, details=lines)


def _reach(address: str) -> Finding:
    """Any answer at all: what it says without our key does not matter."""
    parts, started = urlsplit(address), time.perf_counter()
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    asked = kind(parts.netloc, timeout=SECONDS_TO_WAIT)
    try:
        asked.request("GET", "/v1")
        status = asked.getresponse().status
    except OSError as error:
        return fail(
            AREA, "answers", f"{parts.netloc}: {type(error).__name__}", "See the way out of this network, and the gateway's status page."
        )
    finally:
        asked.close()
    took = (time.perf_counter() - started) * 1000
    return judge(
        AREA, "answers", status, f"{parts.netloc} in {took:.0f} ms ({status})", "The gateway is in trouble.", warn_at=500, fail_at=501
    )
