"""A vendor's papers: kept, sent, sent again, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.companies import change_company, lock_company, move_company
from aqad.accounts.models import Company
from aqad.accounts.statuses import CompanyStatus
from aqad.audit.actions import record
from aqad.core import files
from aqad.core.actor import Actor
from aqad.core.errors import FieldErrors, Invalid, InvalidTransition
from aqad.core.uploads import Checked
from vendors.models import Vendor, VendorDocument
from vendors.statuses import DocumentStatus, DocumentType

FOLDER = "documents"
# A newer paper takes the place of these at once, and of one in force when it is approved.
REPLACED_AT_ONCE = (DocumentStatus.PENDING, DocumentStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Paper:
    """A checked file that lies in the private storage and waits for its row."""

    type: str
    file: str
    filename: str
    content_type: str
    size: int
    number: str = ""
    expires_on: date | None = None


def keep(checked: Checked, *, type: str, number: str = "", expires_on: date | None = None) -> Paper:
    """Store the file; call before the transaction that makes its row. Raises Unavailable when the storage is away."""
    return Paper(
        type=type,
        file=files.store(checked, folder=FOLDER),
        filename=checked.name,
        content_type=checked.content_type,
        size=len(checked.content),
        number=number,
        expires_on=expires_on,
    )


def keep_all(
    *,
    trade_license: Checked | None = None,
    trade_license_number: str = "",
    trade_license_expiry: date | None = None,
    vat_certificate: Checked | None = None,
    trn: str = "",
) -> list[Paper]:
    """Store what an application holds, each paper with the number that it bears. Raises Unavailable."""
    kept = []
    if trade_license is not None:
        kept.append(keep(trade_license, type=DocumentType.TRADE_LICENSE, number=trade_license_number, expires_on=trade_license_expiry))
    if vat_certificate is not None:
        kept.append(keep(vat_certificate, type=DocumentType.VAT_CERTIFICATE, number=trn))
    return kept


@transaction.atomic
def send_document(vendor: Vendor, *, paper: Paper, actor: Actor) -> VendorDocument:
    """A new paper waits beside the one in force, and takes its place once it is approved."""
    lock_company(vendor.company)
    return add_papers(vendor, papers=[paper], actor=actor)[0]


@transaction.atomic
def resubmit(vendor: Vendor, *, papers: Sequence[Paper], trn: str = "", actor: Actor) -> Vendor:
    """New papers of a vendor that is not approved yet; a rejected one becomes pending again.

    Raises InvalidTransition unless pending or rejected, Invalid when nothing was sent or a refused paper was not replaced.
    """
    company = lock_company(vendor.company)
    refuse_closed(company)
    wrong = _still_refused(vendor, papers) if company.status == CompanyStatus.REJECTED else {}
    if not papers:
        wrong = wrong or {"trade_license": [_("Send at least one document.")]}
    if wrong:
        raise Invalid(wrong)
    add_papers(vendor, papers=papers, actor=actor)
    if trn:
        company = change_company(company, changes={"trn": trn}, actor=actor)
    if company.status == CompanyStatus.REJECTED:
        company = move_company(company, CompanyStatus.PENDING, reason="", actor=actor, verb="vendors.resubmitted", subject=vendor)
    vendor.company = company
    return vendor


def refuse_closed(company: Company) -> None:
    """Raises InvalidTransition when the company's application was decided; doors ask before they store files."""
    if company.status not in {CompanyStatus.PENDING, CompanyStatus.REJECTED}:
        raise InvalidTransition(_("This application is closed; sign in to send new documents."), status=company.status)


def add_papers(vendor: Vendor, *, papers: Sequence[Paper], actor: Actor) -> list[VendorDocument]:
    """Rows for stored files, in the caller's transaction and under the company's lock."""
    documents = []
    for paper in papers:
        forerunners = list(vendor.documents.filter(type=paper.type, status__in=REPLACED_AT_ONCE).values_list("pk", flat=True))
        VendorDocument.objects.filter(pk__in=forerunners).update(status=DocumentStatus.REPLACED)
        document = VendorDocument.objects.create(
            vendor=vendor,
            type=paper.type,
            file=paper.file,
            filename=paper.filename,
            content_type=paper.content_type,
            size=paper.size,
            number=paper.number,
            expires_on=paper.expires_on,
        )
        record("vendors.document_added", document, actor, about=vendor, type=paper.type, replaced=forerunners)
        documents.append(document)
    return documents


@transaction.atomic
def view_document(document: VendorDocument, *, actor: Actor) -> None:
    """Put on record that somebody looks at the paper; call before its bytes are handed out."""
    record("vendors.document_viewed", document, actor, about=document.vendor, type=document.type)


def _still_refused(vendor: Vendor, papers: Sequence[Paper]) -> FieldErrors:
    sent = {paper.type for paper in papers}
    refused = vendor.documents.filter(status=DocumentStatus.REJECTED).values_list("type", flat=True)
    return {type_: [_("This document was rejected; send a new one.")] for type_ in sorted(set(refused) - sent)}
