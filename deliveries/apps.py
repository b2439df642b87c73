"""The goods on their way: partners, drivers, deliveries."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveriesConfig(AppConfig):
    name = "deliveries"
    label = "deliveries"
    verbose_name = _("Deliveries")

    def ready(self) -> None:
        from aqad.core import invariants as all_invariants
        from deliveries import events, invariants, receivers

        all_invariants.declare(invariants.INVARIANTS)
        events.declare()
        all_invariants.declare(invariants.INVARIANTS)
        receivers.connect()
