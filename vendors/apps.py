"""Suppliers that sell, and their papers."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class VendorsConfig(AppConfig):
    name = "vendors"
    label = "vendors"
    verbose_name = _("Vendors")

    def ready(self) -> None:
        from aqad.audit import retention
        from aqad.core import invariants
        from vendors import events
        from vendors import invariants as ours
        from vendors.models import PAPERS_KEPT, VendorDocument
        from vendors.statuses import DocumentStatus

        events.declare()
        invariants.declare(ours.INVARIANTS)
        out_of_use = Q(status__in=[DocumentStatus.REPLACED, DocumentStatus.REJECTED])
        retention.declare(retention.Rule("papers out of use", VendorDocument, "created_at", PAPERS_KEPT, out_of_use))
