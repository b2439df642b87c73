"""AQAD's staff decide on papers and on vendors. Every decision is made under the company's lock, so exactly one of two wins."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from aqad.accounts.actions import companies
from aqad.accounts.models import Company
from aqad.accounts.statuses import CompanyStatus
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import InvalidTransition
from vendors.errors import PapersIncomplete
from vendors.models import Vendor, VendorDocument
from vendors.statuses import TRANSITIONS, DocumentStatus, DocumentType


@transaction.atomic
def approve(vendor: Vendor, *, actor: Actor) -> Vendor:
    """A pending vendor may trade; its waiting papers are approved with it. Raises InvalidTransition, PapersIncomplete."""
    company = companies.lock_company(vendor.company)
    if company.status != CompanyStatus.PENDING:
        raise InvalidTransition(status=company.status)
    documents = list(vendor.documents.exclude(status=DocumentStatus.REPLACED))
    if not _are_complete(documents):
        raise PapersIncomplete(status=company.status)
    for document in documents:
        if document.status == DocumentStatus.PENDING:
            _put_in_force(document, actor=actor)
    company = companies.move_company(
        company, CompanyStatus.ACTIVE, reason="", actor=actor, verb="vendors.approved", subject=vendor, only_from=CompanyStatus.PENDING
    )
    return _reviewed(vendor, company)


@transaction.atomic
def reject(vendor: Vendor, *, reason: str, actor: Actor) -> Vendor:
    """A pending vendor may not trade until it sends new papers and they are approved. Raises InvalidTransition."""
    company = companies.move_company(
        vendor.company, CompanyStatus.REJECTED, reason=reason, actor=actor, verb="vendors.rejected", subject=vendor
    )
    return _reviewed(vendor, company)


@transaction.atomic
def suspend(vendor: Vendor, *, reason: str, actor: Actor) -> Vendor:
    """Shut an active vendor out, its people and products at once. Raises InvalidTransition."""
    vendor.company = companies.suspend_company(vendor.company, reason=reason, actor=actor)
    return vendor


@transaction.atomic
def reinstate(vendor: Vendor, *, actor: Actor) -> Vendor:
    """Let a suspended vendor trade again. Raises InvalidTransition."""
    vendor.company = companies.reinstate_company(vendor.company, actor=actor)
    return vendor


@transaction.atomic
def approve_document(document: VendorDocument, *, actor: Actor) -> VendorDocument:
    """The waiting paper is in force now, its forerunner no more. Raises InvalidTransition."""
    locked = _lock(document)
    _put_in_force(locked, actor=actor)
    return locked


@transaction.atomic
def reject_document(document: VendorDocument, *, reason: str, actor: Actor) -> VendorDocument:
    """The waiting paper is refused; one that is in force stays so. Raises InvalidTransition."""
    locked = _lock(document)
    _decide(locked, DocumentStatus.REJECTED, reason=reason)
    record("vendors.document_rejected", locked, actor, about=locked.vendor, type=locked.type)
    return locked


def _are_complete(documents: Iterable[VendorDocument]) -> bool:
    statuses = {(document.type, document.status) for document in documents}
    there = {type_ for type_, _ in statuses}
    return there == set(DocumentType.values) and not any(status == DocumentStatus.REJECTED for _, status in statuses)


def _put_in_force(document: VendorDocument, *, actor: Actor) -> None:
    in_force = VendorDocument.objects.filter(vendor=document.vendor_id, type=document.type, status=DocumentStatus.APPROVED)
    forerunners = list(in_force.values_list("pk", flat=True))
    in_force.update(status=DocumentStatus.REPLACED)  # first, since only one may be in force
    _decide(document, DocumentStatus.APPROVED, reason="")
    record("vendors.document_approved", document, actor, about=document.vendor, type=document.type, replaced=forerunners)


def _decide(document: VendorDocument, status: DocumentStatus, *, reason: str) -> None:
    if status not in TRANSITIONS[document.status]:
        raise InvalidTransition(status=document.status)
    document.status, document.reason, document.decided_at = status.value, reason, clock.now()
    document.save(update_fields=["status", "reason", "decided_at"])


def _lock(document: VendorDocument) -> VendorDocument:
    """The paper as it now stands, under its company's lock."""
    companies.lock_company(document.vendor.company)
    return VendorDocument.objects.select_related("vendor__company").get(pk=document.pk)


def _reviewed(vendor: Vendor, company: Company) -> Vendor:
    vendor.company, vendor.reviewed_at = company, clock.now()
    vendor.save(update_fields=["reviewed_at"])
    return vendor
