"""What Prometheus reads of the mails."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from aqad.notifications.models import Mail


class MailCollector:
    def describe(self) -> list[Metric]:
        """Named without asking the database, which need not be there when the app starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("aqad_mails_waiting", "Mails not sent yet", value=Mail.objects.filter(sent_at=None).count())
