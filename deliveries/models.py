"""DeliveryPartner, Delivery and its steps."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company
from aqad.core import clock, money
from aqad.core.fields import NAME_LENGTH, NOTE_LENGTH
from aqad.core.references import Referenced
from deliveries.statuses import OPEN, DeliveryStatus
from orders.models import Order
from payments.statuses import Method


class DeliveryPartner(Referenced):
    """A carrier and the emirates it serves."""

    PREFIX, FIRST_NUMBER = "D", 3001

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="delivery_partner")
    emirates = models.JSONField(_("emirates"), default=list)

    class Meta:
        verbose_name = _("delivery partner")

    def __str__(self) -> str:
        return str(self.company)

    def serves(self, emirate: str) -> bool:
        return emirate in self.emirates


class Delivery(Referenced):
    """One order's way from the vendor to the shop."""

    PREFIX, FIRST_NUMBER = "DEL", 1001

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("order"))
    partner = models.ForeignKey(DeliveryPartner, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("partner"))
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries", verbose_name=_("driver")
    )
    status = models.CharField(_("status"), max_length=20, choices=DeliveryStatus.choices, default=DeliveryStatus.ASSIGNED)
    recipient_name = models.CharField(_("received by"), max_length=NAME_LENGTH, blank=True)
    proof = models.FileField(_("proof"), upload_to="proofs/", blank=True)
    proof_content_type = models.CharField(max_length=40, blank=True)
    cash_collected = models.DecimalField(_("cash collected"), max_digits=14, decimal_places=2, null=True)
    created_at = models.DateTimeField(_("assigned"), default=clock.now)
    updated_at = models.DateTimeField(_("changed"), default=clock.now)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["order"], condition=~models.Q(status="cancelled"), name="delivery_one_per_order")]
        indexes = [
            models.Index(fields=["partner", "status", "-id"], name="delivery_partner_status"),
            models.Index(fields=["driver", "-id"], name="delivery_driver"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether a step is still to come."""
        return self.status in OPEN

    @property
    def cash_due(self) -> Decimal:
        """AED that the driver still has to take at the door."""
        pays_cash = self.order.payment.method == Method.CASH_ON_DELIVERY
        return self.order.total if pays_cash and self.is_open else money.ZERO


class DeliveryStep(models.Model):
    """What the driver reported, with the note; notes are free text and so stay out of the record."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=20, choices=DeliveryStatus.choices)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status}"
