"""Who is told what, when and how."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "aqad.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from aqad.audit import consumers
        from aqad.core import findings, invariants, metrics
        from aqad.notifications import actions, doctor, gauges, table
        from aqad.notifications import invariants as ours

        invariants.declare(ours.INVARIANTS)
        findings.declare("mail", doctor.mails)
        metrics.TRADE.register(gauges.MailCollector())
        consumers.register("notifications", actions.tell, table.TOLD)
