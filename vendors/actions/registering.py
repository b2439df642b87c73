"""A vendor applies, and follows its application by a signed link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction

from aqad.accounts.actions.companies import name_company, register_company
from aqad.accounts.actions.people import add_member
from aqad.accounts.statuses import CompanyKind, CompanyStatus, Position
from aqad.audit.actions import record
from aqad.core import files
from aqad.core.actor import Actor
from aqad.core.errors import NotFound
from aqad.core.references import number_of
from aqad.core.uploads import Checked
from vendors.actions import papers
from vendors.models import Vendor

LOGO_FOLDER = "logos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a new vendor says of itself, checked; `address` has line1, area, emirate."""

    name: str
    email: str
    phone: str
    password: str = field(repr=False)
    company_name: str
    trade_license: Checked = field(repr=False)
    vat_certificate: Checked = field(repr=False)
    company_logo: Checked | None = field(default=None, repr=False)
    trade_license_number: str = ""
    trade_license_expiry: date | None = None
    trn: str = ""
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An application whose slow parts are done: the password hashed, the files stored."""

    application: Application
    password_hash: str = field(repr=False)
    papers: Sequence[papers.Paper]
    logo: str


def prepare(application: Application) -> Prepared:
    """Hash the password and store the files; call before the transaction of `register`. Raises Unavailable."""
    kept = papers.keep_all(
        trade_license=application.trade_license,
        trade_license_number=application.trade_license_number,
        trade_license_expiry=application.trade_license_expiry,
        vat_certificate=application.vat_certificate,
        trn=application.trn,
    )
    logo = store_logo(application.company_logo) if application.company_logo else ""
    return Prepared(application, make_password(application.password), kept, logo)


def store_logo(checked: Checked) -> str:
    """Store a logo where everybody may fetch it; the name goes into the vendor's row afterwards. Raises Unavailable."""
    return files.store(checked, folder=LOGO_FOLDER, where=files.PUBLIC)


@transaction.atomic
def register(prepared: Prepared, *, actor: Actor) -> Vendor:
    """A pending vendor with its papers and its owner. Raises Invalid on `email` when it is taken."""
    said = prepared.application
    company = register_company(
        kind=CompanyKind.VENDOR, name=said.company_name, phone=said.phone, trn=said.trn, status=CompanyStatus.PENDING
    )
    vendor = Vendor.objects.create(
        company=company,
        logo=prepared.logo,
        pickup_line1=said.address.get("line1", ""),
        pickup_area=said.address.get("area", ""),
        pickup_emirate=said.address.get("emirate", ""),
    )
    name_company(company, vendor)
    applicant = replace(actor, company=company, role=CompanyKind.VENDOR.value, position=Position.OWNER.value)
    owner = add_member(
        company=company,
        name=said.name,
        email=said.email,
        phone=said.phone,
        password_hash=prepared.password_hash,
        role=Position.OWNER,
        actor=applicant,
    )
    applicant = replace(applicant, user=owner)
    documents = papers.add_papers(vendor, papers=prepared.papers, actor=applicant)
    record("vendors.registered", vendor, applicant, documents=[document.pk for document in documents])
    return vendor


def application_url(vendor: Vendor) -> str:
    """The page where an applicant follows its application; whoever holds the link may send new papers until it is decided."""
    return f"{settings.PUBLIC_URL}/vendor/application/{application_token(vendor)}"


def application_token(vendor: Vendor) -> str:
    return _signer().sign(vendor.reference)


def applicant_of(vendor: Vendor, *, actor: Actor) -> Actor:
    """Whoever holds the vendor's link acts for it, no matter who else is signed in."""
    return replace(actor, user=None, company=vendor.company, role=CompanyKind.VENDOR.value, position="")


def vendor_of_token(token: str) -> Vendor:
    """The vendor whose application this token opens. Raises NotFound."""
    try:
        number = number_of(_signer().unsign(token), Vendor.PREFIX)
    except signing.BadSignature:
        raise NotFound from None
    vendor = Vendor.objects.select_related("company").filter(pk=number).first() if number else None
    if vendor is None:
        raise NotFound
    return vendor


def _signer() -> signing.Signer:
    return signing.Signer(salt="vendors.application", sep=".")
