"""The record of everything that happened."""

from django.apps import AppConfig
from django.conf import settings


class AuditConfig(AppConfig):
    name = "aqad.audit"
    label = "audit"
    verbose_name = "Record"

    def ready(self) -> None:
        from aqad.audit import invariants as ours
        from aqad.core import invariants

        invariants.declare(ours.INVARIANTS)
        if settings.EVENTS_BROKER_URL:
            from aqad.audit import exchange

            exchange.register()
