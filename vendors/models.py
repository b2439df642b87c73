"""Vendor and its papers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company
from aqad.core import clock
from aqad.core.fields import EMIRATES, NAME_LENGTH, REASON_LENGTH
from aqad.core.references import Referenced
from vendors.statuses import DocumentStatus, DocumentType


def public_files() -> object:
    return storages["public"]


class Vendor(Referenced):
    """A supplier: where its goods are picked up, from which order value and to which emirates it sells."""

    PREFIX, FIRST_NUMBER = "V", 1001

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="vendor")
    logo = models.ImageField(_("logo"), storage=public_files, upload_to="logos/", blank=True)
    pickup_line1 = models.CharField(_("street and building"), max_length=200, blank=True)
    pickup_area = models.CharField(_("area"), max_length=NAME_LENGTH, blank=True)
    pickup_emirate = models.CharField(_("emirate"), max_length=20, blank=True, choices=[(name, name) for name in EMIRATES])
    minimum_order_value = models.DecimalField(
        _("minimum order value (AED, before VAT)"), max_digits=11, decimal_places=2, default=Decimal("0.00")
    )
    delivers_to = models.JSONField(_("delivers to"), default=list, blank=True, help_text=_("Emirates; empty means all."))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)

    class Meta:
        verbose_name = _("vendor")
        constraints = [models.CheckConstraint(name="vendor_minimum_not_negative", condition=models.Q(minimum_order_value__gte=0))]

    def __str__(self) -> str:
        return str(self.company)

    def delivers_into(self, emirate: str) -> bool:
        return not self.delivers_to or emirate in self.delivers_to


# Five years after the end of the tax period (Cabinet Decision No. 74 of 2023, article 3): a year more than five covers every period.
PAPERS_KEPT = timedelta(days=6 * 366)


class VendorDocument(models.Model):
    """A trade licence or VAT certificate; a private file that only its vendor and AQAD's staff may see."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="documents")
    type = models.CharField(_("type"), max_length=20, choices=DocumentType.choices)
    status = models.CharField(_("status"), max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.PENDING)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="documents/")
    filename = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(_("sent"), default=clock.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document")
        constraints = [
            models.UniqueConstraint(fields=["vendor", "type"], condition=models.Q(status="approved"), name="document_one_in_force"),
            models.UniqueConstraint(fields=["vendor", "type"], condition=models.Q(status="pending"), name="document_one_waiting"),
        ]
        indexes = [models.Index(fields=["expires_on"], condition=models.Q(status="approved"), name="document_expiry")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.pk}"

    @property
    def days_left(self) -> int | None:
        """Whole days until it ends, below zero once it has ended; None for a paper without an end."""
        return None if self.expires_on is None else (self.expires_on - clock.today()).days
