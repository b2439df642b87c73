"""What a vendor says of its own trade changes by one action, recorded before and after."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aqad.audit.models import Event
from aqad.core.uploads import check_image
from tests.cast import Person
from tests.factories import files
from vendors.actions.particulars import change_particulars
from vendors.actions.registering import store_logo
from vendors.models import Vendor

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_changes_what_is_given_and_leaves_the_rest(vendor: Person) -> None:
    changes = {"address": {"emirate": "Sharjah"}, "minimum_order_value": Decimal("250.00"), "delivers_to": ["Dubai", "Sharjah"]}
    returned = change_particulars(vendor.of, changes=changes, actor=vendor.actor)
    stored = Vendor.objects.get(pk=vendor.of.pk)
    for row in (returned, stored):
        assert (row.pickup_line1, row.pickup_emirate) == ("Al Quoz Industrial 3, Warehouse 12", "Sharjah")
        assert (row.minimum_order_value, row.delivers_to) == (Decimal("250.00"), ["Dubai", "Sharjah"])


def test_is_recorded_before_and_after_without_free_text(vendor: Person) -> None:
    change_particulars(
        vendor.of, changes={"address": {"line1": "Shed 7, ask for Ahmed"}, "minimum_order_value": Decimal("250.00")}, actor=vendor.actor
    )
    event = Event.objects.get(verb="vendors.changed")
    assert event.subject == vendor.of.reference
    assert event.facts == {
        "fields": ["minimum_order_value", "pickup_line1"],
        "before": {"minimum_order_value": "0.00"},
        "after": {"minimum_order_value": "250.00"},
    }


def test_a_logo_is_stored_first_and_named_after(vendor: Person) -> None:
    name = store_logo(check_image(SimpleUploadedFile("logo.png", files.picture())))
    change_particulars(vendor.of, changes={"logo": name}, actor=vendor.actor)
    assert Vendor.objects.get(pk=vendor.of.pk).logo.name == name
    change_particulars(vendor.of, changes={"logo": ""}, actor=vendor.actor)
    assert not Vendor.objects.get(pk=vendor.of.pk).logo


def test_what_is_the_same_stays_unrecorded(vendor: Person) -> None:
    change_particulars(vendor.of, changes={"address": {"emirate": "Dubai"}, "minimum_order_value": Decimal("0.00")}, actor=vendor.actor)
    assert not Event.objects.exists()


def test_refuses_what_is_no_particular(vendor: Person) -> None:
    with pytest.raises(ValueError, match="reviewed_at"):
        change_particulars(vendor.of, changes={"reviewed_at": None}, actor=vendor.actor)
    assert not Event.objects.exists()
