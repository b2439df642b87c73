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
        waiting = Mail.objects.filter(sent_at=None, given_up_at=None).count()
        yield GaugeMetricFamily("aqad_mails_waiting", "Mails not sent yet", value=waiting)
        refused = Mail.objects.filter(sent_at=None, given_up_at__isnull=False).count()
        yield GaugeMetricFamily("aqad_mails_given_up", "Mails whose server refused them for good", value=refused)
