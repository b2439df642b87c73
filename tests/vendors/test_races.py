"""Two people decide on papers at the same moment: exactly one wins. Two decisions on a vendor race over HTTP in tests/races."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.core.errors import InvalidTransition
from tests import cast
from tests.factories import files
from tests.proof.threads import together
from tests.vendors.given import a_vendor_in, registration
from vendors.actions import reviewing
from vendors.models import Vendor, VendorDocument

ROUNDS = 10

pytestmark = pytest.mark.django_db(transaction=True)


def winners(outcomes: list[Any]) -> int:
    return sum(not isinstance(outcome, InvalidTransition) for outcome in outcomes)


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
        outcomes = together(
            lambda pk=vendor.pk: reviewing.approve(Vendor.objects.select_related("company").get(pk=pk), actor=staff.actor),
            lambda pk=paper.pk: reviewing.reject_document(
                VendorDocument.objects.select_related("vendor__company").get(pk=pk), reason="No", actor=other.actor
            ),
        )
        vendor = Vendor.objects.select_related("company").get(pk=vendor.pk)
        assert all(isinstance(outcome, Vendor | VendorDocument | InvalidTransition) for outcome in outcomes)
        in_force = vendor.documents.filter(status="approved").count()
        assert (vendor.company.status, in_force) in {("active", 2), ("pending", 0)}


def test_one_email_registers_once() -> None:
    def register() -> int:
        return APIClient().post("/api/vendor/register", registration(trade_license=files.upload()), format="multipart").status_code

    assert sorted(together(*[register] * 4)) == [201, 422, 422, 422]
    assert Vendor.objects.count() == 1
    assert VendorDocument.objects.count() == 2
