"""A vendor is told once, 30 days ahead, that a paper of its own ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aqad.audit.models import Event
from aqad.core import clock
from tests.vendors.given import a_vendor_in, document
from vendors.models import VendorDocument
from vendors.tasks import warn_of_expiring_documents

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def ends_in(days: int, *, company: str = "active", status: str = "approved") -> VendorDocument:
    vendor = a_vendor_in(company, "replaced").of
    return document(vendor, status=status, expires_on=clock.today() + timedelta(days=days))


@pytest.mark.parametrize("days", [-1, 0, 30])
def test_announces_a_paper_that_ends_within_30_days(days: int) -> None:
    paper = ends_in(days)
    assert warn_of_expiring_documents() == 1
    event = Event.objects.get()
    assert (event.verb, event.subject, event.about) == ("vendors.document_expiring", f"vendordocument:{paper.pk}", paper.vendor.reference)
    assert event.actor == "System documents"
    assert event.facts == {"type": "trade_license", "expires_on": paper.expires_on.isoformat()}


def test_announces_it_once() -> None:
    ends_in(10)
    assert [warn_of_expiring_documents(), warn_of_expiring_documents()] == [1, 0]
    assert Event.objects.count() == 1


def test_announces_the_next_one_again() -> None:
    old = ends_in(10)
    warn_of_expiring_documents()
    VendorDocument.objects.filter(pk=old.pk).update(status="replaced")
    document(old.vendor, status="approved", expires_on=clock.today() + timedelta(days=20))
    assert warn_of_expiring_documents() == 1


@pytest.mark.parametrize(
    ("days", "company", "status"),
    [(31, "active", "approved"), (5, "active", "pending"), (5, "active", "replaced"), (5, "suspended", "approved")],
)
def test_is_silent_otherwise(days: int, company: str, status: str) -> None:
    ends_in(days, company=company, status=status)
    assert warn_of_expiring_documents() == 0
    assert not Event.objects.exists()


def test_a_paper_without_an_end_never_expires() -> None:
    document(a_vendor_in("active", "replaced").of, status="approved")
    assert warn_of_expiring_documents() == 0
