"""How the demo's companies came to AQAD: staff, vendors with their papers, retailers with their addresses, delivery partners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from aqad.accounts.models import User
from aqad.core import clock, uploads
from aqad.core.actor import Actor
from aqad.dashboard.demo import cast, papers
from aqad.retailers.actions.addresses import add_address
from aqad.retailers.actions.registering import Registration
from aqad.retailers.actions.registering import register as register_retailer
from deliveries.actions.partners import NewPerson, create_partner
from vendors.actions import reviewing
from vendors.actions.papers import keep_all
from vendors.actions.particulars import change_particulars
from vendors.actions.registering import Application, Prepared
from vendors.actions.registering import register as register_vendor
from vendors.models import Vendor

if TYPE_CHECKING:
    from aqad.dashboard.demo.seeding import World

Timed = tuple[datetime, Callable[[], None]]
STRANGER = Actor(via="web")


def hire_staff(world: World, *, at: datetime) -> None:
    """AQAD's own people; the first may do everything in the admin, the second too."""
    for person in cast.STAFF:
        world.users[person.email] = User.objects.create(
            email=person.email,
            name=person.name,
            phone=person.phone,
            password=world.password_hash,
            is_staff=True,
            is_superuser=True,
            date_joined=at,
        )


def joining(world: World, now: datetime) -> Iterator[Timed]:
    """Everybody's registration, and what staff decided about it."""
    for number, partner in enumerate(cast.PARTNERS):
        yield now - timedelta(days=63, hours=-number), partial(_take_on, world, partner)
    for retailer in cast.RETAILERS:
        yield now - timedelta(days=retailer.joined_days_ago), partial(_register_retailer, world, retailer)
    for vendor in cast.VENDORS:
        yield now - timedelta(days=vendor.joined_days_ago), partial(_register_vendor, world, vendor)
        if vendor.status in {"active", "suspended"}:
            yield now - timedelta(days=vendor.joined_days_ago, hours=-20), partial(_approve, world, vendor)
        if vendor.status in {"rejected", "suspended"}:
            decide = _reject if vendor.status == "rejected" else _suspend
            yield now - timedelta(days=vendor.status_days_ago), partial(decide, world, vendor)


def _take_on(world: World, partner: cast.Partner) -> None:
    people = [NewPerson(person.name, person.email, person.phone, world.password_hash, person.role) for person in partner.people]
    made = create_partner(
        name=partner.company_name, phone=partner.phone, emirates=partner.emirates, people=people, actor=world.actor(cast.STAFF[0].email)
    )
    world.partners[partner.key] = made
    world.remember(*(person.email for person in partner.people))


def _register_retailer(world: World, retailer: cast.Retailer) -> None:
    first, *others = [_address(place) for place in retailer.addresses]
    made = register_retailer(
        Registration(
            name=retailer.contact,
            email=retailer.email,
            phone=retailer.phone,
            password_hash=world.password_hash,
            company_name=retailer.company_name,
            trn=retailer.trn,
            address=first,
        ),
        actor=STRANGER,
    )
    world.companies[retailer.key] = made.company
    world.remember(retailer.email)
    for address in others:
        add_address(made, particulars=address, actor=world.actor(retailer.email))


def _address(place: cast.Place) -> dict[str, object]:
    return {
        "label": place.label,
        "line1": place.line1,
        "area": place.area,
        "emirate": place.emirate,
        "landmark": place.landmark,
        "latitude": float(place.latitude),
        "longitude": float(place.longitude),
    }


def _register_vendor(world: World, vendor: cast.Vendor) -> None:
    licence, certificate = papers.papers_of(vendor, clock.today())
    application = Application(
        name=vendor.contact,
        email=vendor.email,
        phone=vendor.phone,
        password="",
        company_name=vendor.company_name,
        trade_license=_checked(licence),
        vat_certificate=_checked(certificate),
        trade_license_number=licence.number,
        trade_license_expiry=licence.expires_on,
        trn=vendor.trn,
        address={"line1": vendor.pickup.line1, "area": vendor.pickup.area, "emirate": vendor.pickup.emirate},
    )
    kept = keep_all(
        trade_license=application.trade_license,
        trade_license_number=application.trade_license_number,
        trade_license_expiry=application.trade_license_expiry,
        vat_certificate=application.vat_certificate,
        trn=application.trn,
    )
    made = register_vendor(Prepared(application, world.password_hash, kept, logo=""), actor=STRANGER)
    world.companies[vendor.key] = made.company
    world.remember(vendor.email)


def _approve(world: World, vendor: cast.Vendor) -> None:
    with transaction.atomic():
        row = reviewing.approve(_row(world, vendor), actor=world.actor(cast.STAFF[0].email))
        world.remember(vendor.email)
        terms = {"minimum_order_value": vendor.minimum_order_value, "delivers_to": list(vendor.delivers_to)}
        change_particulars(row, changes=terms, actor=world.actor(vendor.email))


def _reject(world: World, vendor: cast.Vendor) -> None:
    reviewing.reject(_row(world, vendor), reason=vendor.reason, actor=world.actor(cast.STAFF[0].email))
    world.remember(vendor.email)


def _suspend(world: World, vendor: cast.Vendor) -> None:
    reviewing.suspend(_row(world, vendor), reason=vendor.reason, actor=world.actor(cast.STAFF[0].email))
    world.remember(vendor.email)


def _row(world: World, vendor: cast.Vendor) -> Vendor:
    return Vendor.objects.select_related("company").get(company=world.companies[vendor.key])


def _checked(paper: papers.Paper) -> uploads.Checked:
    return uploads.check_document(SimpleUploadedFile(paper.filename, paper.content, content_type="application/pdf"))
