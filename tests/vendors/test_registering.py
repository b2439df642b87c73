"""Anyone may apply as a vendor; what is wrong is said for each field, and nothing is left behind."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.files.storage import storages
from PIL import Image
from rest_framework.test import APIClient

from aqad.accounts.models import Company, User
from aqad.audit.models import Event
from aqad.core import clock
from tests.cast import Person
from tests.factories import files
from tests.vendors.given import registration
from vendors.models import Vendor, VendorDocument

pytestmark = pytest.mark.django_db
URL = "/api/vendor/register"


def register(client: APIClient, **changes: Any) -> Any:
    return client.post(URL, registration(**changes), format="multipart")


def nothing_was_made() -> bool:
    return not (Company.objects.exists() or Vendor.objects.exists() or User.objects.exists() or Event.objects.exists())


@pytest.mark.embedded
def test_a_vendor_registers_and_waits_for_review(stranger: APIClient) -> None:
    answer = register(
        stranger,
        company_logo=files.upload(files.picture(), "logo.png", "image/png"),
        trade_license_number="CN-1234567",
        trade_license_expiry="2099-12-31",
        trn="100123456700003",
        address='{"line1": "Warehouse 12", "area": "Al Quoz", "emirate": "dubai"}',
    )
    assert answer.status_code == 201, answer.content
    body = answer.json()
    vendor = Vendor.objects.select_related("company").get()
    assert body["id"] == vendor.reference == vendor.company.reference
    assert (body["company_name"], body["status"]) == ("Ahmed Foods LLC", "pending")
    assert [(d["type"], d["status"]) for d in body["documents"]] == [("trade_license", "pending"), ("vat_certificate", "pending")]
    assert body["application_url"].startswith(f"{settings.PUBLIC_URL}/vendor/application/")
    assert (vendor.pickup_line1, vendor.pickup_area, vendor.pickup_emirate) == ("Warehouse 12", "Al Quoz", "Dubai")
    license_ = vendor.documents.get(type="trade_license")
    assert (license_.number, str(license_.expires_on), license_.filename) == ("CN-1234567", "2099-12-31", "trade-license.pdf")
    assert vendor.company.trn == vendor.documents.get(type="vat_certificate").number == "100123456700003"
    owner = User.objects.get()
    assert owner.membership.role == "owner"
    assert check_password("Carton-330ml-Pepsi", owner.password)


def test_the_registration_is_on_record_as_the_new_companys_own(stranger: APIClient) -> None:
    reference = register(stranger).json()["id"]
    event = Event.objects.get(verb="vendors.registered")
    assert event.text == f"Vendor {reference} registered Vendor {reference}"
    assert event.actor_user_id == User.objects.get().pk
    assert Event.objects.filter(verb="vendors.document_added", about=reference).count() == 2


def test_the_files_are_stored_under_random_names_and_the_logo_is_drawn_anew(stranger: APIClient) -> None:
    logo = files.picture("jpeg", size=(3000, 2000)) + b"<script>alert(1)</script>"
    body = register(stranger, company_logo=files.upload(logo, "../../logo.svg.jpg", "image/jpeg")).json()
    vendor = Vendor.objects.get()
    assert body["logo"] == vendor.logo.url
    assert "logo.svg" not in vendor.logo.name
    with storages["public"].open(vendor.logo.name) as stored:
        content = stored.read()
    assert content[8:12] == b"WEBP"
    assert Image.open(io.BytesIO(content)).size == (320, 213)
    assert b"script" not in content
    for document in VendorDocument.objects.all():
        assert "license" not in document.file.name
        assert Path(document.file.path).read_bytes().startswith(b"%PDF-")


def test_the_form_may_be_dotted(stranger: APIClient) -> None:
    answer = register(stranger, **{"address.line1": "Warehouse 12", "address.emirate": "Sharjah"})
    assert answer.status_code == 201, answer.content
    assert Vendor.objects.get().pickup_emirate == "Sharjah"


@pytest.mark.embedded
def test_a_bad_registration_names_every_field(stranger: APIClient) -> None:
    answer = stranger.post(URL, {"email": "abc"}, format="multipart")
    assert answer.status_code == 422
    body = answer.json()
    assert (body["success"], body["code"], body["message"]) == (False, "validation_error", "Invalid email")
    assert set(body["errors"]) == {"name", "email", "phone", "password", "company_name", "trade_license", "vat_certificate"}
    assert nothing_was_made()


@pytest.mark.parametrize("format_", ["json", None])
def test_a_body_without_files_merely_lacks_them(stranger: APIClient, format_: str | None) -> None:
    body = registration(trade_license=None, vat_certificate=None)
    if format_:
        answer = stranger.post(URL, body, format=format_)
    else:
        answer = stranger.post(URL, "&".join(f"{k}={v}" for k, v in body.items()), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"trade_license", "vat_certificate"}
    assert nothing_was_made()


def test_another_type_of_body_is_refused(stranger: APIClient) -> None:
    assert stranger.post(URL, "<xml/>", content_type="text/xml").status_code == 415


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a@b"),
        ("email", "ahmed@ahmedfoods.test\r\nBcc: x@y.test"),
        ("phone", "12"),
        ("password", "password1"),
        ("password", "nouppercase1"),
        ("company_name", "   "),
        ("company_name", "\u200b\u200b"),
        ("company_name", "A\u202eB"),
        ("company_name", "x" * 121),
        ("name", "Ahmed\x00Ali"),
        ("trn", "12345"),
        ("trn", "١٠٠١٢٣٤٥٦٧٠٠٠٠٣"),
        ("trade_license_expiry", "2020-01-01"),
        ("trade_license_expiry", "31/12/2099"),
        ("address.emirate", "Muscat"),
        ("company_logo", files.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "image/svg+xml")),
        ("status", "active"),
        ("is_staff", "true"),
        ("reviewed_at", "2026-01-01"),
    ],
)
def test_a_wrong_value_is_refused_by_name(stranger: APIClient, field: str, value: Any) -> None:
    answer = register(stranger, **{field: value})
    assert answer.status_code == 422, answer.content
    assert any(name.startswith(field) for name in answer.json()["errors"]), answer.json()
    assert nothing_was_made()


def test_a_taken_email_is_refused_whatever_its_case(stranger: APIClient, retailer: Person) -> None:
    retailer.user.email = "ahmed@ahmedfoods.test"
    retailer.user.save()
    answer = register(stranger, email="Ahmed@AhmedFoods.test")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"email"}
    assert not Vendor.objects.exists()


def test_names_and_phones_may_repeat(stranger: APIClient) -> None:
    assert register(stranger).status_code == 201
    assert register(stranger, email="other@ahmedfoods.test").status_code == 201


def test_a_stale_token_locks_nobody_out(stranger: APIClient) -> None:
    stranger.credentials(HTTP_AUTHORIZATION="Bearer stale")
    assert register(stranger).status_code == 201


def test_registrations_are_limited_per_address(stranger: APIClient) -> None:
    for _ in range(20):
        assert stranger.post(URL, {}, format="json").status_code == 422
    refused = register(stranger)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["RateLimit-Limit"] == "20"
    assert int(refused.headers["Retry-After"]) > 60
    assert nothing_was_made()


def test_a_storage_that_is_away_is_said_and_changes_nothing(stranger: APIClient, settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(blocked / "inside")}},
    }
    answer = register(stranger)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert nothing_was_made()


def test_a_licence_that_ends_today_is_still_good(stranger: APIClient) -> None:
    assert register(stranger, trade_license_expiry=clock.today().isoformat()).status_code == 201
    assert register(stranger, trade_license_expiry=(clock.today() - timedelta(days=1)).isoformat(), email="b@c.test").status_code == 422
