"""The record of everything that happened."""

from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy


class AuditConfig(AppConfig):
    name = "aqad.audit"
    label = "audit"
    verbose_name = "Record"

    def ready(self) -> None:
        from aqad.audit import invariants as ours
        from aqad.audit import retention, verbs
        from aqad.audit.models import EventOrigin
        from aqad.core import invariants

        invariants.declare(ours.INVARIANTS)
        verbs.declare({retention.APPLIED: gettext_lazy("{actor} removed what was over its time, up to {subject}")})
        # A quarter of a year: an abuse is looked into within it or not at all (docs/privacy.md).
        retention.declare(retention.Rule("addresses on the network", EventOrigin, "event__at", timedelta(days=90)))
        if settings.EVENTS_BROKER_URL:
            from aqad.audit import exchange

            exchange.register()
