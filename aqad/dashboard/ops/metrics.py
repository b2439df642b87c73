"""What Prometheus reads: requests by route are counted in each process, the state of the trade is asked of the database."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.db.models import Count, Min
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric

from aqad.audit.models import Outbox
from aqad.core import clock
from aqad.core.metrics import TRADE
from orders.models import Order
from payments.models import Payment

CONTENT_TYPE = CONTENT_TYPE_LATEST


class TradeCollector:
    """Gauges that are the same whichever process is asked."""

    def describe(self) -> list[Metric]:
        """Named without asking the database, which need not be there when the app starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield _by_status("aqad_orders", "Orders by state", Order)
        yield _by_status("aqad_payments", "Payments by state", Payment)
        oldest = Outbox.objects.aggregate(oldest=Min("event__at"), waiting=Count("pk"))
        age = (clock.now() - oldest["oldest"]).total_seconds() if oldest["oldest"] else 0.0
        yield GaugeMetricFamily("aqad_outbox_oldest_seconds", "Age of the oldest event that somebody has not consumed", value=age)
        yield GaugeMetricFamily("aqad_outbox_waiting", "Events that somebody has not consumed", value=oldest["waiting"])


def exposition() -> bytes:
    """Everything in Prometheus's text form, over all processes where PROMETHEUS_MULTIPROC_DIR is set."""
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(TRADE)


def _by_status(name: str, text: str, model: type[Order] | type[Payment]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["status"])
    for status, number in model._default_manager.values_list("status").annotate(Count("pk")).order_by():
        family.add_metric([status], number)
    return family
