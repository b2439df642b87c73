"""What is sold: categories, brands, products, their stock."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    label = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from aqad.core import invariants as all_invariants
        from catalog import events, freshness, invariants

        events.declare()
        freshness.register()
        all_invariants.declare(invariants.INVARIANTS)
