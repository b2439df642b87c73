"""The deal: carts, orders and their life."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    label = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from aqad.core import invariants as all_invariants
        from orders import events, invariants, receivers

        events.declare()
        receivers.connect()
        all_invariants.declare(invariants.INVARIANTS)
