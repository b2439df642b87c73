"""Whoever holds the signed link follows the application and sends new papers until it is decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from aqad.audit.models import Event
from tests.factories import files
from tests.vendors.given import a_vendor_in, states
from vendors.actions.registering import application_url
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def token_of(vendor: Vendor) -> str:
    return application_url(vendor).rpartition("/")[2]


def patch(client: APIClient, vendor: Vendor, **body: Any) -> Any:
    return client.patch(f"/api/vendor/application/{token_of(vendor)}", body, format="multipart")


def refuse_a_paper(vendor: Vendor, type_: str) -> None:
    vendor.documents.filter(type=type_).update(status="rejected", reason="Unreadable")


@pytest.mark.embedded
def test_shows_status_reason_and_documents(stranger: APIClient) -> None:
    applicant = a_vendor_in("rejected", reason="The licence has ended")
    refuse_a_paper(applicant.of, "trade_license")
    body = stranger.get(f"/api/vendor/application/{token_of(applicant.of)}").json()
    assert (body["id"], body["status"], body["reason"]) == (applicant.of.reference, "rejected", "The licence has ended")
    shown = [(d["type"], d["status"], d["reason"]) for d in body["documents"]]
    assert shown == [("trade_license", "rejected", "Unreadable"), ("vat_certificate", "pending", "")]


@pytest.mark.embedded
def test_a_rejected_vendor_replaces_documents_and_becomes_pending_again(stranger: APIClient) -> None:
    applicant = a_vendor_in("rejected", reason="The licence has ended")
    refuse_a_paper(applicant.of, "trade_license")
    answer = patch(stranger, applicant.of, trade_license=files.upload(), trade_license_number="CN-2", trade_license_expiry="2099-01-01")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["status"], body["reason"]) == ("pending", "")
    current = [(d["type"], d["status"], d["number"]) for d in body["documents"] if d["status"] != "replaced"]
    assert current == [("trade_license", "pending", "CN-2"), ("vat_certificate", "pending", "")]
    event = Event.objects.get(verb="vendors.resubmitted")
    assert event.text == f"Vendor {applicant.of.reference} sent new papers for Vendor {applicant.of.reference}"


def test_a_pending_vendor_may_replace_a_document_too(stranger: APIClient) -> None:
    applicant = a_vendor_in("pending")
    assert patch(stranger, applicant.of, vat_certificate=files.upload(), trn="100123456700003").status_code == 200
    assert sorted(applicant.of.documents.values_list("type", "status")) == [
        ("trade_license", "pending"),
        ("vat_certificate", "pending"),
        ("vat_certificate", "replaced"),
    ]
    applicant.company.refresh_from_db()
    assert (applicant.company.status, applicant.company.trn) == ("pending", "100123456700003")
    assert not Event.objects.filter(verb="vendors.resubmitted").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "trade_license"),
        ({"vat_certificate": files.upload()}, "trade_license"),
        ({"trade_license_number": "CN-2"}, "trade_license"),
        ({"trade_license": files.upload(), "trn": "100123456700003"}, "vat_certificate"),
        ({"trade_license": files.upload(b"<html>")}, "trade_license"),
        ({"trade_license": files.upload(), "status": "active"}, "status"),
    ],
)
def test_refuses_what_does_not_answer_the_rejection(stranger: APIClient, body: dict[str, Any], field: str) -> None:
    applicant = a_vendor_in("rejected", reason="The licence has ended")
    refuse_a_paper(applicant.of, "trade_license")
    before = states(applicant.of)
    answer = patch(stranger, applicant.of, **body)
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]
    assert states(applicant.of) == before
    assert not Event.objects.exists()


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_refuses_papers_once_it_is_decided(stranger: APIClient, status: str) -> None:
    applicant = a_vendor_in(status, "approved")
    before = states(applicant.of)
    answer = patch(stranger, applicant.of, trade_license=files.upload())
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (409, "invalid_transition", status)
    assert states(applicant.of) == before


@pytest.mark.parametrize("token", ["V1001", "V1001.forged", "x", "V1001:x", "%00", "." * 500])
def test_a_forged_token_opens_nothing(stranger: APIClient, token: str) -> None:
    a_vendor_in("pending")
    assert stranger.get(f"/api/vendor/application/{token}").status_code == 404
    assert stranger.patch(f"/api/vendor/application/{token}", {}, format="json").status_code == 404
    assert Client().get(f"/vendor/application/{token}").status_code == 404


def test_a_token_opens_one_application_only(stranger: APIClient) -> None:
    applicant, other = a_vendor_in("pending"), a_vendor_in("pending", name="Al Noor Trading")
    signature = token_of(applicant.of).partition(".")[2]
    assert stranger.get(f"/api/vendor/application/{other.of.reference}.{signature}").status_code == 404


class TestThePage:
    def test_shows_the_application_and_takes_new_papers_without_javascript(self) -> None:
        applicant = a_vendor_in("rejected", reason="<script>alert(1)</script> ended")
        browser = Client(enforce_csrf_checks=True)
        page = browser.get(f"/vendor/application/{token_of(applicant.of)}")
        html = page.content.decode()
        assert page.status_code == 200
        assert "&lt;script&gt;alert(1)&lt;/script&gt; ended" in html
        assert "<script>" not in html
        assert "style=" not in html
        assert "no-store" in page.headers["Cache-Control"]
        sent = browser.post(
            f"/vendor/application/{token_of(applicant.of)}",
            {
                "trade_license": files.upload(),
                "trade_license_number": "",
                "trade_license_expiry": "",
                "trn": "",
                "csrfmiddlewaretoken": page.context["csrf_token"],
            },
            follow=True,
        )
        assert sent.redirect_chain == [(f"/vendor/application/{token_of(applicant.of)}", 302)]
        assert "Thank you" in sent.content.decode()
        assert states(applicant.of)["company"] == "pending"

    def test_says_what_is_wrong_beside_the_field(self) -> None:
        applicant = a_vendor_in("pending")
        before = states(applicant.of)
        answer = Client().post(f"/vendor/application/{token_of(applicant.of)}", {"trade_license": files.upload(b"<html>")})
        assert answer.status_code == 422
        assert 'aria-describedby="trade_license-wrong"' in answer.content.decode()
        assert states(applicant.of) == before

    def test_refuses_a_post_without_its_csrf_token(self) -> None:
        applicant = a_vendor_in("pending")
        answer = Client(enforce_csrf_checks=True).post(f"/vendor/application/{token_of(applicant.of)}", {"trade_license": files.upload()})
        assert answer.status_code == 403

    def test_offers_no_form_once_it_is_decided(self) -> None:
        applicant = a_vendor_in("active", "approved")
        url = f"/vendor/application/{token_of(applicant.of)}"
        assert 'type="file"' not in Client().get(url).content.decode()
        assert Client().post(url, {"trade_license": files.upload()}).status_code == 409
