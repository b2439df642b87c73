"""Two people decide at the same moment: exactly one wins (TRUST.md 2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.core.errors import InvalidTransition
from tests import cast
from tests.cast import Person
from tests.factories import files
from tests.vendors.given import a_vendor_in, registration
from vendors.actions import reviewing
from vendors.models import Vendor, VendorDocument

ROUNDS = 10


pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; the value or the refusal of each."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return call()
        except InvalidTransition as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def winners(outcomes: list[Any]) -> int:
    return sum(not isinstance(outcome, InvalidTransition) for outcome in outcomes)


def test_one_approves_and_one_rejects_and_one_wins() -> None:
    staff, other = cast.a_member_of_staff(), cast.a_member_of_staff()
    for _ in range(ROUNDS):
        vendor = a_vendor_in("pending").of
        outcomes = together(
            lambda pk=vendor.pk: reviewing.approve(Vendor.objects.select_related("company").get(pk=pk), actor=staff.actor),
            lambda pk=vendor.pk: reviewing.reject(Vendor.objects.select_related("company").get(pk=pk), reason="No", actor=other.actor),
        )
        assert winners(outcomes) == 1
        vendor = Vendor.objects.select_related("company").get(pk=vendor.pk)
        decided = Event.objects.filter(verb__in=["vendors.approved", "vendors.rejected"], subject=vendor.reference).get()
        assert vendor.company.status == {"vendors.approved": "active", "vendors.rejected": "rejected"}[decided.verb]


def test_five_approve_a_document_and_one_wins() -> None:
    staff = cast.a_member_of_staff()
    for _ in range(ROUNDS):
        paper = a_vendor_in("pending").of.documents.first()

        def approve(pk: int = paper.pk) -> VendorDocument:
            found = VendorDocument.objects.select_related("vendor__company").get(pk=pk)
            return reviewing.approve_document(found, actor=staff.actor)

        assert winners(together(*[approve] * 5)) == 1
        assert Event.objects.filter(verb="vendors.document_approved", subject=f"vendordocument:{paper.pk}").count() == 1


def test_a_rejected_document_beside_an_approval_never_ends_in_an_active_vendor_without_papers() -> None:
    staff, other = cast.a_member_of_staff(), cast.a_member_of_staff()
    for _ in range(ROUNDS):
        vendor = a_vendor_in("pending").of
        paper = vendor.documents.first()
        together(
            lambda pk=vendor.pk: reviewing.approve(Vendor.objects.select_related("company").get(pk=pk), actor=staff.actor),
            lambda pk=paper.pk: reviewing.reject_document(
                VendorDocument.objects.select_related("vendor__company").get(pk=pk), reason="No", actor=other.actor
            ),
        )
        vendor = Vendor.objects.select_related("company").get(pk=vendor.pk)
        in_force = vendor.documents.filter(status="approved").count()
        assert (vendor.company.status, in_force) in {("active", 2), ("pending", 0)}


def test_one_email_registers_once() -> None:
    def register() -> int:
        return APIClient().post("/api/vendor/register", registration(trade_license=files.upload()), format="multipart").status_code

    assert sorted(together(*[register] * 4)) == [201, 422, 422, 422]
    assert Vendor.objects.count() == 1
    assert VendorDocument.objects.count() == 2


def reject_at_once(reviewer: Person) -> list[Any]:
    vendor = a_vendor_in("pending").of

    def reject() -> Vendor:
        return reviewing.reject(Vendor.objects.select_related("company").get(pk=vendor.pk), reason="No", actor=reviewer.actor)

    return together(reject, reject)


def test_two_reject_and_one_wins() -> None:
    reviewer = cast.a_member_of_staff()
    for _ in range(ROUNDS):
        assert winners(reject_at_once(reviewer)) == 1


def test_without_the_lock_both_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control. On SQLite there is one writer at a time, which guards by itself."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows.all())
    reviewer = cast.a_member_of_staff()
    both_won = any(winners(reject_at_once(reviewer)) == 2 for _ in range(20 * ROUNDS))
    assert both_won == (connection.vendor == "postgresql")
