"""The own company's profile: seen by all its people, changed by those in charge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from aqad.accounts.models import Company
from tests import cast
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories import files
from vendors.models import Vendor

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
COMPANY = "/company"
FORM = {
    "name": "Ahmed Foods",
    "phone": "04 222 9999",
    "trn": "100123456700003",
    "address.line1": "Jebel Ali, Gate 5",
    "address.area": "",
    "address.emirate": "Sharjah",
    "minimum_order_value": "250.00",
    "delivers_to": ["Dubai", "Abu Dhabi"],
}


def change(person: Person, **form: Any) -> Any:
    body = {name: value for name, value in {**FORM, **form}.items() if value is not None}
    return browser_of(person).post(COMPANY, body, follow=True)


def stored(person: Person) -> Vendor:
    return Vendor.objects.select_related("company").get(pk=person.of.pk)


def test_an_owner_changes_the_whole_profile(vendor: Person) -> None:
    answer = change(vendor, logo=files.upload(files.picture(), "logo.png", "image/png"))
    assert answer.redirect_chain == [(COMPANY, 302)]
    assert "Your company's profile is saved." in text_of(answer)
    now = stored(vendor)
    assert (now.company.name, now.company.phone, now.company.trn) == ("Ahmed Foods", "+97142229999", "100123456700003")
    assert (now.pickup_line1, now.pickup_area, now.pickup_emirate) == ("Jebel Ali, Gate 5", "", "Sharjah")
    assert (now.minimum_order_value, now.delivers_to) == (Decimal("250.00"), ["Abu Dhabi", "Dubai"])
    assert now.logo.name.endswith(".webp")
    assert f'src="{now.logo.url}"' in text_of(answer)


def test_no_tick_means_all_emirates_and_no_file_keeps_the_logo(vendor: Person) -> None:
    change(vendor, logo=files.upload(files.picture(), "logo.png", "image/png"))
    logo = stored(vendor).logo.name
    change(vendor, delivers_to=None)
    assert (stored(vendor).delivers_to, stored(vendor).logo.name) == ([], logo)


def test_the_logo_can_be_removed(vendor: Person) -> None:
    change(vendor, logo=files.upload(files.picture(), "logo.png", "image/png"))
    answer = browser_of(vendor).post(f"{COMPANY}/logo/remove", follow=True)
    assert "Your logo is removed." in text_of(answer)
    assert stored(vendor).logo.name == ""


def test_a_refusal_keeps_what_was_typed_and_ticked_and_says_which_file_to_choose_again(vendor: Person) -> None:
    before = (Company.objects.values().get(pk=vendor.company.pk), Vendor.objects.values().get(pk=vendor.of.pk))
    answer = change(vendor, trn="123", logo=files.upload(files.picture(), "logo.png", "image/png"))
    assert answer.status_code == 422
    page = text_of(answer)
    assert "A TRN has 15 digits." in page
    assert 'value="Jebel Ali, Gate 5"' in page
    assert "Please choose <bdi>logo.png</bdi> again" in page
    assert page.count("checked>") == 2
    assert (Company.objects.values().get(pk=vendor.company.pk), Vendor.objects.values().get(pk=vendor.of.pk)) == before


def test_what_is_left_out_is_named(vendor: Person) -> None:
    answer = change(vendor, **{"address.line1": "", "minimum_order_value": "-1"})
    assert answer.status_code == 422
    assert "Street and building is required." in text_of(answer)


def test_a_member_reads_and_does_not_write(vendor: Person) -> None:
    clerk = cast.member(vendor.of, "member")
    page = text_of(browser_of(clerk).get(COMPANY))
    assert "Al Quoz Industrial 3, Warehouse 12" in page
    assert "<form" not in page.partition("<main")[2]
    assert change(clerk).status_code == 403
    assert browser_of(clerk).post(f"{COMPANY}/logo/remove").status_code == 403
    assert stored(vendor).company.name == "Ahmed Foods LLC"


def test_a_retailer_and_a_dispatcher_change_what_all_companies_have(retailer: Person, dispatcher: Person) -> None:
    for person in (retailer, dispatcher):
        answer = browser_of(person).post(COMPANY, {"name": "New Name LLC", "phone": "04 222 9999", "trn": ""}, follow=True)
        assert answer.redirect_chain == [(COMPANY, 302)]
        assert Company.objects.get(pk=person.company.pk).name == "New Name LLC"
        assert "minimum_order_value" not in text_of(answer)
    assert "You serve Dubai, Sharjah." in text_of(browser_of(dispatcher).get(COMPANY))


def test_a_retailer_has_no_particulars_of_a_vendor(retailer: Person) -> None:
    answer = change(retailer)
    assert answer.status_code == 422
    assert Company.objects.get(pk=retailer.company.pk).name == "Fresh Mart Supermarket"
