"""Money: payments, the gateway, refunds, cash."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from aqad.core import invariants
        from payments import events
        from payments import invariants as ours

        events.declare()
        invariants.declare(ours.INVARIANTS)
