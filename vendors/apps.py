"""Suppliers that sell, and their papers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VendorsConfig(AppConfig):
    name = "vendors"
    label = "vendors"
    verbose_name = _("Vendors")

    def ready(self) -> None:
        from vendors import events

        events.declare()
