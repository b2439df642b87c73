"""What vendor tests start from: rows in a named state, bodies of requests."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from tests import cast
from tests.cast import Person
from tests.factories import files
from vendors.models import Vendor, VendorDocument

BOTH = ("trade_license", "vat_certificate")


def registration(**changes: Any) -> dict[str, Any]:
    """A complete application as a form; a value of None leaves the field away."""
    body = {
        "name": "Ahmed Ali",
        "email": "ahmed@ahmedfoods.test",
        "phone": "+971501234567",
        "password": "Carton-330ml-Pepsi",
        "company_name": "Ahmed Foods LLC",
        "trade_license": files.upload(),
        "vat_certificate": files.upload(name="vat.pdf"),
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def document(vendor: Vendor, type: str = "trade_license", status: str = "pending", **fields: Any) -> VendorDocument:
    paper = VendorDocument(
        vendor=vendor, type=type, status=status, filename=f"{type}.pdf", content_type="application/pdf", size=len(files.pdf()), **fields
    )
    paper.file.save("paper.pdf", ContentFile(files.pdf()), save=False)
    paper.save()
    return paper


def a_vendor_in(status: str, documents: str = "pending", name: str = "Ahmed Foods LLC", **company: Any) -> Person:
    """A vendor whose company and both papers are in these states."""
    person = cast.a_vendor(name, company__status=status, **{f"company__{key}": value for key, value in company.items()})
    for type_ in BOTH:
        document(person.of, type_, documents)
    return person


def states(vendor: Vendor) -> dict[str, Any]:
    """What a refusal must leave as it was."""
    vendor = Vendor.objects.select_related("company").get(pk=vendor.pk)
    return {
        "company": vendor.company.status,
        "reason": vendor.company.reason,
        "documents": sorted(vendor.documents.values_list("pk", "type", "status", "reason")),
    }
