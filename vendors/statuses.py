"""The states of a document. A vendor's own states are its company's (accounts.statuses)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DocumentStatus(TextChoices):
    PENDING = "pending", _("Pending")  # waits for AQAD's staff
    APPROVED = "approved", _("Approved")  # in force
    REJECTED = "rejected", _("Rejected")  # refused with a reason
    REPLACED = "replaced", _("Replaced")  # a newer one is in force, or was sent before this one was looked at


TRANSITIONS: dict[str, frozenset[str]] = {
    DocumentStatus.PENDING: frozenset({DocumentStatus.APPROVED, DocumentStatus.REJECTED, DocumentStatus.REPLACED}),
    DocumentStatus.APPROVED: frozenset({DocumentStatus.REPLACED}),
    DocumentStatus.REJECTED: frozenset({DocumentStatus.REPLACED}),
    DocumentStatus.REPLACED: frozenset(),
}


class DocumentType(TextChoices):
    TRADE_LICENSE = "trade_license", _("Trade licence")
    VAT_CERTIFICATE = "vat_certificate", _("VAT certificate")
