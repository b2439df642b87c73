"""Who is told what, when and how."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "aqad.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from django.db.models import Q

        from aqad.audit import consumers, retention
        from aqad.core import findings, invariants, metrics
        from aqad.notifications import actions, doctor, gauges, table
        from aqad.notifications import invariants as ours
        from aqad.notifications.models import MAILS_KEPT, NOTIFICATIONS_KEPT, Mail, Notification

        invariants.declare(ours.INVARIANTS)
        over = Q(sent_at__isnull=False) | Q(given_up_at__isnull=False)  # one that waits is never given up by its age
        retention.declare(
            retention.Rule("mails", Mail, "created_at", MAILS_KEPT, over),
            retention.Rule("notifications", Notification, "created_at", NOTIFICATIONS_KEPT),
        )
        findings.declare("mail", doctor.mails)
        metrics.TRADE.register(gauges.MailCollector())
        consumers.register("notifications", actions.tell, table.TOLD)
