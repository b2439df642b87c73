"""GET and PATCH /api/company: for every kind, and what only a vendor has."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from aqad.accounts.models import Company
from aqad.audit.models import Event
from tests import cast
from tests.cast import Person
from vendors.models import Vendor

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
COMPANY = "/api/company"


def change(person: Person, body: Any, **how: Any) -> Any:
    return person.api.patch(COMPANY, body, **{"format": "json", **how})


def a_logo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), content_type="image/png")


def test_shows_a_vendor_with_its_particulars(vendor: Person) -> None:
    assert vendor.api.get(COMPANY).json() == {
        "id": vendor.of.reference,
        "kind": "vendor",
        "name": "Ahmed Foods LLC",
        "phone": "+97142223344",
        "trn": "",
        "status": "active",
        "address": {"line1": "Al Quoz Industrial 3, Warehouse 12", "area": "Al Quoz", "emirate": "Dubai"},
        "minimum_order_value": "0.00",
        "delivers_to": [],
        "logo": None,
    }


def test_shows_a_retailer_and_a_partner_with_their_own(retailer: Person, driver: Person) -> None:
    assert retailer.api.get(COMPANY).json().keys() == {"id", "kind", "name", "phone", "trn", "status"}
    body = driver.api.get(COMPANY).json()
    assert (body["id"], body["emirates"]) == (driver.of.reference, ["Dubai", "Sharjah"])


def test_an_owner_changes_what_all_companies_have(retailer: Person) -> None:
    answer = change(retailer, {"name": "Fresh Mart LLC", "phone": "04 222 9999", "trn": "100123456700003"})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["phone"], answer.json()["trn"]) == ("Fresh Mart LLC", "+97142229999", "100123456700003")
    event = Event.objects.get()
    assert (event.verb, event.subject, event.facts) == (
        "accounts.company_changed",
        retailer.of.reference,
        {"fields": ["name", "phone", "trn"]},
    )


def test_a_dispatcher_may_and_a_driver_may_not(dispatcher: Person, driver: Person) -> None:
    assert change(dispatcher, {"name": "FastTrack LLC"}).status_code == 200
    assert change(driver, {"name": "Mine"}).status_code == 403
    assert Company.objects.get(pk=driver.company.pk).name == "FastTrack LLC"


def test_a_member_reads_and_does_not_write(vendor: Person) -> None:
    member = cast.member(vendor.of, "member")
    assert member.api.get(COMPANY).status_code == 200
    answer = change(member, {"name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_staff_and_strangers_have_no_company(staff: Person, stranger: APIClient) -> None:
    assert staff.api.get(COMPANY).status_code == 403
    assert stranger.get(COMPANY).status_code == 401


def test_a_vendor_changes_its_particulars(vendor: Person) -> None:
    body = {
        "address": {"line1": "Jebel Ali, Gate 5", "emirate": "sharjah"},
        "minimum_order_value": "250.00",
        "delivers_to": ["dubai", "Abu Dhabi", "DUBAI"],
    }
    answer = change(vendor, body).json()
    assert answer["address"] == {"line1": "Jebel Ali, Gate 5", "area": "Al Quoz", "emirate": "Sharjah"}
    assert answer["minimum_order_value"] == "250.00"
    assert answer["delivers_to"] == ["Abu Dhabi", "Dubai"]
    assert change(vendor, {"delivers_to": [], "minimum_order_value": 0}).json()["delivers_to"] == []


def test_a_vendor_sets_and_removes_its_logo(vendor: Person) -> None:
    shown = change(vendor, {"logo": a_logo(), "name": "Ahmed Foods"}, format="multipart").json()
    assert shown["logo"].endswith(".webp")
    assert shown["name"] == "Ahmed Foods"
    assert change(vendor, {"logo": None}).json()["logo"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("id", "V9"), ("status", "active"), ("kind", "retailer"), ("reference", "V1"), ("reason", ""), ("owner", 1), ("emirates", [])),
        *(("name", ""), ("name", "x" * 121), ("name", None), ("phone", "x"), ("phone", ""), ("trn", "123"), ("trn", "١" * 15)),
        *(("minimum_order_value", "-1"), ("minimum_order_value", "1e3"), ("minimum_order_value", "0.001"), ("minimum_order_value", True)),
        *(("delivers_to", ["Oman"]), ("delivers_to", "Dubai"), ("delivers_to", None), ("delivers_to", ["Dubai"] * 51)),
        *(("address", "x"), ("address", None), ("logo", "x"), ("logo", 1)),
    ],
)
def test_refuses_what_is_wrong_or_not_to_be_written(vendor: Person, field: str, value: Any) -> None:
    before = (Company.objects.values().get(pk=vendor.company.pk), Vendor.objects.values().get(pk=vendor.of.pk))
    answer = change(vendor, {field: value})
    assert answer.status_code == 422
    assert {name.partition(".")[0] for name in answer.json()["errors"]} == {field}
    assert (Company.objects.values().get(pk=vendor.company.pk), Vendor.objects.values().get(pk=vendor.of.pk)) == before


@pytest.mark.parametrize("part", ["postal_code", "pickup_line1"])
def test_refuses_an_unknown_part_of_the_address(vendor: Person, part: str) -> None:
    answer = change(vendor, {"address": {"line1": "Elsewhere", part: "x"}})
    assert list(answer.json()["errors"]) == [f"address.{part}"]


def test_a_retailer_has_no_particulars_of_a_vendor(retailer: Person) -> None:
    for field, value in (("minimum_order_value", "5.00"), ("delivers_to", []), ("logo", None), ("address", {"line1": "x"})):
        assert list(change(retailer, {field: value}).json()["errors"]) == [field]
