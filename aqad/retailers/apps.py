"""Shops that buy."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetailersConfig(AppConfig):
    name = "aqad.retailers"
    label = "retailers"
    verbose_name = _("Retailers")

    def ready(self) -> None:
        from aqad.retailers import events

        events.declare()
