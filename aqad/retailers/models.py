"""Retailer and the places where it wants its cartons."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company
from aqad.core import clock
from aqad.core.fields import EMIRATES, NAME_LENGTH
from aqad.core.references import Referenced


class Retailer(Referenced):
    """A shop; what it shares with every company lives in `company`."""

    PREFIX, FIRST_NUMBER = "R", 2001

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="retailer")

    class Meta:
        verbose_name = _("retailer")

    def __str__(self) -> str:
        return str(self.company)


class Address(models.Model):
    """Where to deliver. There are no postal codes in the UAE; a landmark helps. Removed ones stay for old orders' sake."""

    COPIED: ClassVar[tuple[str, ...]] = ("label", "line1", "area", "emirate", "landmark", "phone", "latitude", "longitude")

    retailer = models.ForeignKey(Retailer, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(_("label"), max_length=NAME_LENGTH)
    line1 = models.CharField(_("street and building"), max_length=200)
    area = models.CharField(_("area"), max_length=NAME_LENGTH, blank=True)
    emirate = models.CharField(_("emirate"), max_length=20, choices=[(name, name) for name in EMIRATES])
    landmark = models.CharField(_("landmark"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    latitude = models.FloatField(_("latitude"), null=True)
    longitude = models.FloatField(_("longitude"), null=True)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return f"{self.label}, {self.line1}, {self.emirate}"

    def as_copy(self) -> dict[str, Any]:
        """The copy that an order keeps."""
        return {name: getattr(self, name) for name in self.COPIED}
