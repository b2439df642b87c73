"""Applying, and the own papers, on pages. The application's page has its tests in test_application."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from aqad.accounts.models import User
from aqad.audit.models import Event
from aqad.core import clock
from tests.browsing import browser_of, queries_of, text_of
from tests.cast import Person
from tests.factories import files
from tests.vendors.given import a_vendor_in, document, registration
from vendors.actions.registering import application_token
from vendors.models import Vendor, VendorDocument

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
SELL, DOCUMENTS = "/sell", "/vendor/documents"
BLANK = {"trade_license_number": "", "trade_license_expiry": "", "trn": "", "address.line1": "", "address.area": "", "address.emirate": ""}
MORE_THAN_FITS_INTO_MEMORY = 3 * 1024 * 1024


def apply(browser: Client | None = None, *, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    return (browser or Client()).post(SELL, {**BLANK, **registration(**changes)}, headers=headers)


def path_of(vendor: Vendor) -> str:
    return f"/vendor/application/{application_token(vendor)}"


def send(person: Person, **changes: Any) -> Any:
    body = {"type": "trade_license", "file": files.upload(), "number": "", "expires_on": "", **changes}
    return browser_of(person).post(DOCUMENTS, body, follow=True)


class TestApplying:
    def test_leads_to_the_application(self, db: None) -> None:
        browser = Client()
        answer = apply(browser, company_logo=files.upload(files.picture(), "logo.png", "image/png"), trn="100123456700003")
        vendor = Vendor.objects.select_related("company").get()
        assert answer.status_code == 302
        assert answer.headers["Location"] == path_of(vendor)
        page = text_of(browser.get(answer.headers["Location"]))
        assert all(words in page for words in ("Thank you, we have your application.", "Being looked at", "vat.pdf"))
        assert (vendor.company.status, vendor.company.trn, bool(vendor.logo)) == ("pending", "100123456700003", True)
        assert sorted(vendor.documents.values_list("type", "status")) == [("trade_license", "pending"), ("vat_certificate", "pending")]
        assert "_auth_user_id" not in browser.session

    def test_tells_a_script_where_to_go_on(self, db: None) -> None:
        answer = apply(headers={"HX-Request": "true"})
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == path_of(Vendor.objects.get())

    def test_takes_files_that_do_not_fit_into_memory(self, db: None) -> None:
        large = files.pdf(drawing=b" " * MORE_THAN_FITS_INTO_MEMORY)
        assert apply(trade_license=files.upload(large)).status_code == 302
        assert VendorDocument.objects.get(type="trade_license").size == len(large)

    def test_a_refusal_keeps_what_was_typed_and_says_which_files_to_choose_again(self, db: None) -> None:
        answer = apply(phone="12", vat_certificate=files.upload(b"<html>", "vat.pdf"), trade_license_number="CN-1")
        assert answer.status_code == 422
        page = text_of(answer)
        assert "2 things need another look:" in page
        assert "Invalid phone number" in page
        assert "Only PDF, JPEG and PNG files are accepted." in page
        assert "Please choose <bdi>trade-license.pdf</bdi> again" in page
        assert "<bdi>vat.pdf</bdi>" not in page  # refused, so another one is asked for
        assert all(f'value="{kept}"' in page for kept in ("Ahmed Ali", "ahmed@ahmedfoods.test", "12", "CN-1"))
        assert registration()["password"] not in page
        assert (User.objects.count(), Vendor.objects.count(), Event.objects.count()) == (0, 0, 0)

    def test_a_missing_paper_is_named(self, db: None) -> None:
        answer = apply(vat_certificate=None)
        assert answer.status_code == 422
        assert "Vat certificate is required." in text_of(answer)

    def test_whoever_has_an_account_is_led_to_it(self, retailer: Person) -> None:
        browser = browser_of(retailer)
        for answer in (browser.get(SELL), apply(browser)):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard")
        assert not Vendor.objects.exists()


class TestFollowing:
    def test_shows_what_was_rejected_and_asks_for_it(self) -> None:
        applicant = a_vendor_in("rejected", reason="The licence has ended")
        applicant.of.documents.filter(type="trade_license").update(status="rejected", reason="Unreadable")
        page = text_of(Client().get(path_of(applicant.of)))
        assert all(words in page for words in ("Not accepted", "The licence has ended", "Unreadable"))
        assert page.count("This document was rejected; send a new one.") == 1

    @pytest.mark.parametrize(
        ("status", "words"), [("active", "Your company was approved and may sell."), ("suspended", "please contact AQAD")]
    )
    def test_shows_what_was_decided(self, status: str, words: str) -> None:
        applicant = a_vendor_in(status, "approved")
        assert words in text_of(Client().get(path_of(applicant.of)))

    def test_acts_for_the_vendor_whoever_is_signed_in(self, retailer: Person) -> None:
        applicant = a_vendor_in("pending")
        url = path_of(applicant.of)
        assert browser_of(retailer).post(url, {"trade_license": files.upload()}).status_code == 302
        assert Event.objects.get(verb="vendors.document_added").actor == f"Vendor {applicant.of.reference}"


class TestDocuments:
    def test_sends_a_new_one_beside_the_one_in_force(self) -> None:
        person = a_vendor_in("active", "approved")
        expires = clock.today() + timedelta(days=365)
        answer = send(person, number="CN-2", expires_on=expires.isoformat())
        assert answer.redirect_chain == [(DOCUMENTS, 302)]
        assert "Your document has arrived." in text_of(answer)
        paper = VendorDocument.objects.get(status="pending")
        assert (paper.type, paper.number, paper.expires_on) == ("trade_license", "CN-2", expires)
        assert VendorDocument.objects.filter(status="approved").count() == 2

    def test_sent_twice_it_counts_once(self, vendor: Person) -> None:
        for _ in range(2):
            assert send(vendor, idempotency_key="the-same").status_code == 200
        assert VendorDocument.objects.count() == 1

    def test_a_refusal_keeps_what_was_typed(self, vendor: Person) -> None:
        answer = send(vendor, type="vat_certificate", number="CN-2", expires_on="2020-01-01")
        assert answer.status_code == 422
        page = text_of(answer)
        assert "This document has expired; send a valid one." in page
        assert '<option value="vat_certificate" selected>' in page
        assert all(f'value="{kept}"' in page for kept in ("CN-2", "2020-01-01"))
        assert "Please choose <bdi>trade-license.pdf</bdi> again" in page
        assert not VendorDocument.objects.exists()

    @pytest.mark.parametrize(
        ("days", "words"), [(-1, "Expired"), (0, "Ends today"), (1, "Ends tomorrow"), (30, "Ends in 30 days"), (31, "")]
    )
    def test_warns_in_words_of_what_ends_soon(self, vendor: Person, days: int, words: str) -> None:
        document(vendor.of, "trade_license", "approved", expires_on=clock.today() + timedelta(days=days))
        document(vendor.of, "vat_certificate", "replaced", expires_on=clock.today() - timedelta(days=9))
        page = text_of(browser_of(vendor).get(DOCUMENTS))
        assert page.casefold().count(words.casefold()) == 2 if words else "Ends in" not in page  # above the list and in it
        assert ("Please send a new one" in page) is bool(words)

    def test_says_when_the_new_one_is_being_looked_at(self, vendor: Person) -> None:
        document(vendor.of, "trade_license", "approved", expires_on=clock.today())
        document(vendor.of, "trade_license", "pending", expires_on=clock.today() + timedelta(days=400))
        assert "The new one that you sent is being looked at." in text_of(browser_of(vendor).get(DOCUMENTS))

    def test_links_to_the_file_which_the_session_opens(self, vendor: Person, rival_vendor: Person) -> None:
        paper = document(vendor.of)
        url = f"/api/vendors/{vendor.of.reference}/documents/{paper.pk}/file"
        assert f'href="{url}"' in text_of(browser_of(vendor).get(DOCUMENTS))
        assert browser_of(vendor).get(url).status_code == 200
        assert browser_of(rival_vendor).get(url).status_code == 404

    def test_shows_nothing_of_another_vendor(self, vendor: Person, rival_vendor: Person) -> None:
        document(vendor.of, number="CN-SECRET", status="approved", expires_on=clock.today())
        page = text_of(browser_of(rival_vendor).get(DOCUMENTS))
        assert "CN-SECRET" not in page
        assert "No document yet" in page

    def test_others_may_not_see_the_page(self, retailer: Person) -> None:
        assert browser_of(retailer).get(DOCUMENTS).status_code == 403

    def test_the_list_costs_the_same_for_three_and_for_twenty(self, vendor: Person) -> None:
        browser = browser_of(vendor)
        for _ in range(3):
            document(vendor.of, status="replaced")
        few = queries_of(browser, DOCUMENTS)
        for _ in range(17):
            document(vendor.of, status="replaced")
        assert queries_of(browser, DOCUMENTS) == few
