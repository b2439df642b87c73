"""What Prometheus reads of the mails."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client.core import GaugeMetricFamily, Metric

from aqad.core import metrics
from aqad.notifications.models import Mail


class MailCollector:
    def describe(self) -> list[Metric]:
        """Named without asking the database, which need not be there when the app starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        waiting, failing, given_up = metrics.kept("mails", waiting_failing_given_up)
        yield GaugeMetricFamily("aqad_mails_waiting", "Mails not sent yet", value=waiting)
        yield GaugeMetricFamily("aqad_mails_failing", "Those of them that were tried in vain", value=failing)
        yield GaugeMetricFamily("aqad_mails_given_up", "Mails whose server refused them for good", value=given_up)


def waiting_failing_given_up() -> tuple[int, int, int]:
    """Mails not sent yet, those of them that were tried in vain, and those that a server refused for good."""
    found = Mail.objects.filter(sent_at=None).aggregate(
        waiting=Count("pk", filter=Q(given_up_at=None)),
        failing=Count("pk", filter=Q(given_up_at=None, tries__gt=0)),
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
    )
    return found["waiting"], found["failing"], found["given_up"]
