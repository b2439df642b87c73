"""What Prometheus reads: what the processes counted, and the state of the trade and of the queues, asked of the database and the broker.

Asked at most once in some seconds, however often Prometheus comes; what has ended only grows, so it is counted every ten minutes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Count, Min, Model, QuerySet
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from aqad.audit import consumers
from aqad.audit.models import Event, Outbox
from aqad.core import clock, metrics
from aqad.core.invariants import BROKEN_KEY as INVARIANTS_KEY
from aqad.dashboard.ops import broker
from aqad.dashboard.ops.checks import replica as replication
from catalog.models import ProductImport
from catalog.statuses import ImportState
from deliveries.models import Delivery, DeliveryPartner
from deliveries.statuses import OPEN
from deliveries.statuses import TRANSITIONS as DELIVERY_STATES
from orders.models import Order
from orders.statuses import ENDS
from orders.statuses import TRANSITIONS as ORDER_STATES
from payments.models import Payment
from payments.statuses import TRANSITIONS as PAYMENT_STATES
from payments.statuses import PaymentStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Payments that may still move by themselves; the others are counted with what has ended.
OPEN_PAYMENTS = frozenset({PaymentStatus.UNPAID, PaymentStatus.PROCESSING, PaymentStatus.REQUIRES_ACTION})
OPEN_ORDERS = frozenset(ORDER_STATES) - ENDS


class TradeCollector:
    """Gauges that are the same whichever process is asked. One that cannot be asked is left out, and the others are told."""

    def describe(self) -> list[Metric]:
        """Named without asking the database, which need not be there when the app starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        for families in (orders, payments, deliveries, outbox, imports, queues, house, replica):
            try:
                yield from families()
            except DatabaseError:
                metrics.GAUGES_MISSING.labels(families.__name__).inc()


def orders() -> Iterator[Metric]:
    yield _by_status("aqad_orders", "Orders by state", Order.objects.all(), ORDER_STATES, OPEN_ORDERS)


def payments() -> Iterator[Metric]:
    yield _by_status("aqad_payments", "Payments by state", Payment.objects.all(), PAYMENT_STATES, OPEN_PAYMENTS)


def deliveries() -> Iterator[Metric]:
    """By way of the partners, along whose index the open ones are found."""
    rows = Delivery.objects.filter(partner__in=DeliveryPartner.objects.values("pk"))
    yield _by_status("aqad_deliveries", "Deliveries by state", rows, DELIVERY_STATES, OPEN)


def outbox() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("aqad_outbox_waiting", "Events that a consumer has not heard of yet", labels=["consumer"])
    oldest = GaugeMetricFamily("aqad_outbox_oldest_seconds", "Age of the oldest of them", labels=["consumer"])
    for consumer, (number, seconds) in metrics.kept("outbox", outbox_by_consumer).items():
        waiting.add_metric([consumer], number)
        oldest.add_metric([consumer], seconds)
    yield from (waiting, oldest)


def imports() -> Iterator[Metric]:
    text = "Age of the oldest list of products that is not loaded yet"
    yield GaugeMetricFamily("aqad_imports_oldest_seconds", text, value=metrics.kept("imports", _oldest_import))


def queues() -> Iterator[Metric]:
    family = GaugeMetricFamily("aqad_queue_waiting", "Tasks that wait for a worker", labels=["queue"])
    for queue, number in metrics.kept("queues", broker.depths_or_nothing).items():
        family.add_metric([queue], number)
    yield family


def house() -> Iterator[Metric]:
    """Room for files, and what the nightly look at the invariants found (told once one has been taken)."""
    disk = shutil.disk_usage(settings.STATE_DIR if settings.STATE_DIR.exists() else "/")
    yield GaugeMetricFamily("aqad_disk_free_ratio", "Free part of the disk that holds our files", value=disk.free / disk.total)
    if (broken := cache.get(INVARIANTS_KEY)) is not None:
        yield GaugeMetricFamily("aqad_invariants_broken", "Invariants that did not hold when they were last checked", value=broken)


def replica() -> Iterator[Metric]:
    if "replica" in settings.DATABASES:
        text = "How far the replica is behind"
        yield GaugeMetricFamily("aqad_replica_lag_seconds", text, value=metrics.kept("replica", replication.seconds_behind))


def outbox_by_consumer() -> dict[str, tuple[int, float]]:
    """How many events each consumer has not heard of yet, and the age of its oldest in seconds."""
    found = {name: (0, 0.0) for name in consumers.names()}
    rows = list(Outbox.objects.order_by().values("consumer").annotate(number=Count("pk"), first=Min("event_id")))
    began = dict(Event.objects.filter(pk__in=[row["first"] for row in rows]).values_list("pk", "at"))
    now = clock.now()
    for row in rows:
        age = max(0.0, (now - began.get(row["first"], now)).total_seconds())
        found[row["consumer"]] = (row["number"], age)
    return found


def _oldest_import() -> float:
    first = ProductImport.objects.filter(state__in=[ImportState.QUEUED, ImportState.RUNNING]).aggregate(first=Min("created_at"))["first"]
    return max(0.0, (clock.now() - first).total_seconds()) if first else 0.0


def exposition() -> bytes:
    """Everything in Prometheus's text form."""
    return generate_latest(metrics.Counted()) + generate_latest(metrics.TRADE)


def _by_status(name: str, text: str, rows: QuerySet[Any], states: Iterable[str], live: frozenset[str]) -> Metric:
    """Every state with its number, none included."""
    found = metrics.kept(f"{name}:ended", _counts(rows.exclude(status__in=live)), metrics.LONG_KEPT)
    found = {**found, **metrics.kept(f"{name}:live", _counts(rows.filter(status__in=live)))}
    family = GaugeMetricFamily(name, text, labels=["status"])
    for status in states:
        family.add_metric([str(status)], found.get(str(status), 0))
    return family


def _counts(rows: QuerySet[Model]) -> Callable[[], dict[str, int]]:
    return lambda: dict(rows.order_by().values_list("status").annotate(Count("pk")))
