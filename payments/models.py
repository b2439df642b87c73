"""Payment, attempts, refunds, cash; the gateway's messages; and the sandbox bank's own book."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company
from aqad.core import clock
from aqad.core.fields import REASON_LENGTH
from aqad.core.money import ZERO
from aqad.core.references import Referenced
from payments.statuses import LIVE_ATTEMPTS, LIVE_PAYMENTS, AttemptStatus, ChargeStatus, Method, PaymentStatus, RefundStatus


class Payment(Referenced):
    """What one company owes for one purchase, in AED. Knows no order: `part` in its children is the orders' own word."""

    PREFIX, FIRST_NUMBER = "PAY", 1001

    payer = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="payments", db_index=False)  # see payment_payer
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    status = models.CharField(_("status"), max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    amount_paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2, default=ZERO)
    amount_refunded = models.DecimalField(_("refunded"), max_digits=14, decimal_places=2, default=ZERO)
    gateway = models.CharField(_("gateway"), max_length=20, blank=True)
    pay_by = models.DateTimeField(_("to be paid by"), null=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    updated_at = models.DateTimeField(_("changed"), default=clock.now)

    class Meta:
        verbose_name = _("payment")
        constraints = [
            models.CheckConstraint(name="payment_amounts", condition=models.Q(amount__gte=0, amount_paid__gte=0, amount_refunded__gte=0)),
            models.CheckConstraint(name="payment_refunded_within_paid", condition=models.Q(amount_refunded__lte=models.F("amount_paid"))),
        ]
        indexes = [
            models.Index(fields=["payer", "-id"], name="payment_payer"),
            models.Index(fields=["status", "pay_by"], name="payment_status_due"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_live(self) -> bool:
        """An attempt is under way; its outcome may be unknown."""
        return self.status in LIVE_PAYMENTS

    @property
    def method_in_words(self) -> str:
        """As `get_method_display`, but cheap enough for each row of a list."""
        return str(Method(self.method).label)

    @property
    def is_cash(self) -> bool:
        return self.method == Method.CASH_ON_DELIVERY


class PaymentAttempt(models.Model):
    """One try to take the money; its id is the key under which the gateway is called, for ever the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    status = models.CharField(max_length=20, choices=AttemptStatus.choices, default=AttemptStatus.INITIATED)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    token = models.CharField(max_length=255)
    gateway = models.CharField(max_length=20)
    gateway_reference = models.CharField(max_length=120, blank=True)
    decline_code = models.CharField(max_length=60, blank=True)
    redirect_url = models.URLField(max_length=500, blank=True)
    captured = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    # Taken when nothing was owed any more; given back whole, and never counted as having paid for anything.
    is_surplus = models.BooleanField(default=False)
    asked = models.PositiveIntegerField(default=0)
    next_ask_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment"], condition=models.Q(status__in=LIVE_ATTEMPTS), name="attempt_one_live_per_payment"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_reference"], condition=~models.Q(gateway_reference=""), name="attempt_gateway_reference"
            ),
        ]
        indexes = [models.Index(fields=["next_ask_at"], condition=models.Q(status__in=LIVE_ATTEMPTS), name="attempt_to_ask")]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.status}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_ATTEMPTS


class Refund(models.Model):
    """Money on its way back, in AED; requested under the payment's lock, sent by a task."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, null=True, related_name="refunds")
    part = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    status = models.CharField(max_length=10, choices=RefundStatus.choices, default=RefundStatus.REQUESTED)
    gateway_reference = models.CharField(max_length=120, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_positive", condition=models.Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["payment", "part"], condition=~models.Q(part="") & ~models.Q(status="failed"), name="refund_once_per_part"
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=models.Q(status="requested"), name="refund_to_send")]

    def __str__(self) -> str:
        return f"{self.amount} AED of {self.payment_id}"


class CashCollection(models.Model):
    """Cash taken at the door for one part of a payment, once."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="collections")
    part = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    collected_by = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "part"], name="cash_once_per_part")]

    def __str__(self) -> str:
        return f"{self.amount} AED for {self.part}"


class GatewayMessage(models.Model):
    """A verified webhook, kept under the gateway's own id: a repeat is the same row."""

    gateway = models.CharField(max_length=20)
    message_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    gateway_reference = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "message_id"], name="gateway_message_once")]
        indexes = [models.Index(fields=["received_at"], condition=models.Q(handled_at=None), name="gateway_message_waiting")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.message_id}"


class BankCharge(models.Model):
    """The sandbox bank's own book: one charge under the key it was asked with. Nothing of ours reads it but the bank."""

    key = models.CharField(max_length=64, unique=True)
    reference = models.CharField(max_length=64, unique=True)
    token = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    status = models.CharField(max_length=20, choices=ChargeStatus.choices)
    decline_code = models.CharField(max_length=60, blank=True)
    return_url = models.URLField(max_length=500, blank=True)
    settles_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


class BankRefund(models.Model):
    key = models.CharField(max_length=64, unique=True)
    reference = models.CharField(max_length=64, unique=True)
    charge = models.ForeignKey(BankCharge, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class BankWebhook(models.Model):
    """A message that the sandbox bank still has to post."""

    message_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=60)
    charge = models.ForeignKey(BankCharge, on_delete=models.CASCADE, related_name="+")
    send_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["send_at"], condition=models.Q(sent_at=None), name="bank_webhook_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
