"""The review queue of AQAD's staff: the same actions as the API behind buttons, and nothing else that could change a state."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from aqad.accounts.models import Company
from aqad.audit.models import Event
from tests.cast import Person
from tests.factories import files
from tests.factories.people import UserFactory
from tests.vendors.given import a_vendor_in, document, states
from vendors.models import Vendor, VendorDocument

pytestmark = pytest.mark.django_db
QUEUE = "/admin/vendors/vendor/"


def browser_of(person: Person, *, checks_csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks_csrf)
    client.force_login(person.user)
    return client


@pytest.fixture
def browser(staff: Person) -> Client:
    return browser_of(staff)


def page_of(vendor: Vendor) -> str:
    return f"{QUEUE}{vendor.pk}/change/"


def press(browser: Client, vendor: Vendor, button: str, **body: Any) -> Any:
    return browser.post(f"{QUEUE}{vendor.pk}/do/{button}", body, follow=True)


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def order_in(html: str, *names: str) -> list[str]:
    return sorted(names, key=html.index)


class TestTheList:
    @pytest.mark.embedded
    def test_who_waits_comes_first(self, browser: Client) -> None:
        waiting = a_vendor_in("pending", name="Waiting LLC")
        renewing = a_vendor_in("active", "approved", name="Renewing LLC")
        document(renewing.of)
        a_vendor_in("rejected", name="Rejected LLC")
        html = words(browser.get(QUEUE))
        assert order_in(html, "Renewing LLC", "Rejected LLC", "Waiting LLC") == ["Waiting LLC", "Renewing LLC", "Rejected LLC"]
        assert waiting.user.email in html

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("company__status__exact=pending", {"Waiting LLC"}),
            ("decision=waiting", {"Waiting LLC"}),
            ("q=wait", {"Waiting LLC"}),
            ("q=shopkeeper@", {"Waiting LLC"}),
            ("q=nobody", set()),
            ("company__created_at__year=2001", set()),
        ],
    )
    def test_is_filtered_and_searched(self, browser: Client, query: str, found: set[str]) -> None:
        waiting = a_vendor_in("pending", name="Waiting LLC")
        waiting.user.email = "shopkeeper@waiting.test"
        waiting.user.save()
        a_vendor_in("active", "approved", name="Trading LLC")
        a_vendor_in("rejected", name="Refused LLC")
        html = words(browser.get(f"{QUEUE}?{query}"))
        assert {name for name in ("Waiting LLC", "Trading LLC", "Refused LLC") if name in html} == found

    def test_is_searched_by_number(self, browser: Client) -> None:
        a_vendor_in("pending", name="First LLC")
        second = a_vendor_in("pending", name="Second LLC")
        html = words(browser.get(f"{QUEUE}?q={second.of.reference.lower()}"))
        assert "Second LLC" in html
        assert "First LLC" not in html

    def test_needs_the_same_number_of_queries_for_many(self, browser: Client, django_assert_max_num_queries: Any) -> None:
        a_vendor_in("pending")
        browser.get(QUEUE)
        for number in range(6):
            a_vendor_in("pending", name=f"Vendor {number}")
        with django_assert_max_num_queries(12):
            browser.get(QUEUE)

    def test_of_documents_leads_to_their_vendors(self, browser: Client, django_assert_max_num_queries: Any) -> None:
        applicant = a_vendor_in("pending")
        for number in range(5):
            a_vendor_in("pending", name=f"Vendor {number}")
        with django_assert_max_num_queries(10):
            html = words(browser.get("/admin/vendors/vendordocument/"))
        assert page_of(applicant.of) in html


class TestTheReview:
    @pytest.mark.embedded
    def test_shows_the_documents_beside_what_was_said(self, browser: Client) -> None:
        applicant = a_vendor_in("pending", name="<script>alert(1)</script> LLC")
        image = document(applicant.of, "trade_license", "replaced")
        VendorDocument.objects.filter(pk=image.pk).update(content_type="image/png")
        html = words(browser.get(page_of(applicant.of)))
        assert "&lt;script&gt;alert(1)&lt;/script&gt; LLC" in html
        assert "<script>alert" not in html
        for paper in applicant.of.documents.all():
            assert f'href="{QUEUE}{applicant.of.pk}/documents/{paper.pk}/file"' in html
        assert html.count(f'src="{QUEUE}{applicant.of.pk}/documents/') == 1
        assert applicant.user.email in html
        assert 'name="_save"' not in html
        assert "deletelink" not in html

    @pytest.mark.parametrize(
        ("status", "offered"),
        [("pending", {"approve", "reject"}), ("active", {"suspend"}), ("suspended", {"reinstate"}), ("rejected", set())],
    )
    def test_offers_what_may_follow(self, browser: Client, status: str, offered: set[str]) -> None:
        applicant = a_vendor_in(status, "approved")
        html = words(browser.get(page_of(applicant.of)))
        assert set(re.findall(rf'action="{QUEUE}{applicant.of.pk}/do/(\w+)"', html)) == offered

    @pytest.mark.embedded
    def test_approving_runs_the_same_action_as_the_api(self, browser: Client, staff: Person) -> None:
        applicant = a_vendor_in("pending")
        answer = press(browser, applicant.of, "approve")
        assert "The vendor may sell now." in words(answer)
        assert answer.redirect_chain == [(page_of(applicant.of), 302)]
        assert states(applicant.of)["company"] == "active"
        event = Event.objects.get(verb="vendors.approved")
        assert (event.via, event.actor_user_id, event.request_id != "") == ("admin", staff.user.pk, True)

    @pytest.mark.embedded
    def test_rejecting_suspending_and_reinstating(self, browser: Client) -> None:
        applicant = a_vendor_in("pending")
        press(browser, applicant.of, "reject", reason="The licence has ended")
        assert (states(applicant.of)["company"], states(applicant.of)["reason"]) == ("rejected", "The licence has ended")
        trader = a_vendor_in("active", "approved", name="Al Noor Trading")
        press(browser, trader.of, "suspend", reason="Complaints")
        assert states(trader.of)["company"] == "suspended"
        press(browser, trader.of, "reinstate")
        assert states(trader.of)["company"] == "active"

    @pytest.mark.embedded
    def test_a_document_is_approved_or_rejected_by_itself(self, browser: Client) -> None:
        applicant = a_vendor_in("pending")
        licence, certificate = applicant.of.documents.order_by("type")
        base = f"{QUEUE}{applicant.of.pk}/documents"
        browser.post(f"{base}/{licence.pk}/do/approve")
        answer = browser.post(f"{base}/{certificate.pk}/do/reject", {"reason": "Unreadable"}, follow=True)
        assert "The document was rejected." in words(answer)
        assert dict(applicant.of.documents.values_list("type", "status")) == {"trade_license": "approved", "vat_certificate": "rejected"}
        assert "none may be rejected" in words(press(browser, applicant.of, "approve"))
        assert states(applicant.of)["company"] == "pending"

    @pytest.mark.parametrize(
        ("status", "button", "body", "message"),
        [
            ("active", "approve", {}, "This step is not possible any more."),
            ("pending", "reject", {}, "Reason is required."),
            ("pending", "reject", {"reason": " "}, "Reason is required."),
            ("pending", "suspend", {"reason": "x"}, "This step is not possible any more."),
            ("pending", "reject", {"reason": "x", "status": "active"}, "Unknown field."),
        ],
    )
    def test_a_refusal_is_a_message_and_changes_nothing(
        self, browser: Client, status: str, button: str, body: dict[str, str], message: str
    ) -> None:
        applicant = a_vendor_in(status)
        before = states(applicant.of)
        answer = press(browser, applicant.of, button, **body)
        assert answer.status_code == 200
        assert message in words(answer)
        assert states(applicant.of) == before
        assert not Event.objects.filter(verb__startswith="vendors.").exists()

    @pytest.mark.parametrize("path", ["1/do/approve", "{pk}/do/nonsense", "{pk}/documents/999999/do/approve", "{pk}/documents/999999/file"])
    def test_an_unknown_thing_is_not_found(self, browser: Client, path: str) -> None:
        applicant = a_vendor_in("pending")
        url = QUEUE + path.format(pk=applicant.of.pk)
        answer = browser.get(url) if path.endswith("file") else browser.post(url)
        assert answer.status_code == 404

    def test_a_button_is_never_pressed_by_a_link(self, browser: Client) -> None:
        applicant = a_vendor_in("pending")
        assert browser.get(f"{QUEUE}{applicant.of.pk}/do/approve").status_code == 405
        assert states(applicant.of)["company"] == "pending"

    def test_a_press_needs_its_csrf_token(self, staff: Person) -> None:
        applicant = a_vendor_in("pending")
        assert browser_of(staff, checks_csrf=True).post(f"{QUEUE}{applicant.of.pk}/do/approve").status_code == 403
        assert states(applicant.of)["company"] == "pending"

    def test_saving_the_form_by_hand_writes_nothing(self, browser: Client) -> None:
        applicant = a_vendor_in("pending")
        before = Vendor.objects.filter(pk=applicant.of.pk).values().get(), Company.objects.filter(pk=applicant.company.pk).values().get()
        browser.post(page_of(applicant.of), {"minimum_order_value": "1", "status": "active", "company": "1", "_save": "Save"})
        after = Vendor.objects.filter(pk=applicant.of.pk).values().get(), Company.objects.filter(pk=applicant.company.pk).values().get()
        assert after == before

    @pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
    def test_nothing_is_added_or_deleted_here(self, browser: Client, path: str) -> None:
        applicant = a_vendor_in("pending")
        url = QUEUE + path.format(pk=applicant.of.pk)
        assert browser.get(url).status_code == 403
        assert browser.post(url, {"post": "yes"}).status_code == 403
        browser.post(QUEUE, {"action": "delete_selected", "_selected_action": [applicant.of.pk], "post": "yes"})
        assert Vendor.objects.filter(pk=applicant.of.pk).exists()


class TestViewing:
    @pytest.mark.embedded
    def test_each_view_is_on_record(self, browser: Client, staff: Person) -> None:
        applicant = a_vendor_in("pending")
        paper = applicant.of.documents.first()
        answer = browser.get(f"{QUEUE}{applicant.of.pk}/documents/{paper.pk}/file")
        assert answer.getvalue() == files.pdf()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        event = Event.objects.get(verb="vendors.document_viewed")
        assert (event.subject, event.about, event.via) == (f"vendordocument:{paper.pk}", applicant.of.reference, "admin")

    def test_anothers_document_is_not_found_under_this_vendor(self, browser: Client) -> None:
        applicant, other = a_vendor_in("pending"), a_vendor_in("pending", name="Al Noor Trading")
        foreign = other.of.documents.first()
        assert browser.get(f"{QUEUE}{applicant.of.pk}/documents/{foreign.pk}/file").status_code == 404
        assert browser.post(f"{QUEUE}{applicant.of.pk}/documents/{foreign.pk}/do/approve").status_code == 404
        assert not Event.objects.filter(verb__startswith="vendors.").exists()


class TestWhoMay:
    @pytest.mark.embedded
    def test_companies_get_nowhere_near_it(self, vendor: Person, retailer: Person, dispatcher: Person) -> None:
        applicant = a_vendor_in("pending")
        paper = applicant.of.documents.first()
        before = states(applicant.of)
        for person in (vendor, retailer, dispatcher):
            person.user.is_staff = person.user.is_superuser = True  # even with the flag set by mistake
            person.user.save()
            client = browser_of(person)
            paths = ["/admin/", QUEUE, page_of(applicant.of), f"{QUEUE}{applicant.of.pk}/documents/{paper.pk}/file"]
            for path in paths:
                assert client.get(path).url.startswith(reverse("admin:login"))
            assert client.post(f"{QUEUE}{applicant.of.pk}/do/approve").status_code == 302
        assert Client().post(f"{QUEUE}{applicant.of.pk}/do/approve").status_code == 302
        assert states(applicant.of) == before
        assert not Event.objects.filter(verb__startswith="vendors.").exists()

    def test_staff_who_may_only_look_are_offered_nothing(self) -> None:
        user = UserFactory(is_staff=True)
        user.user_permissions.add(*Permission.objects.filter(codename__in=["view_vendor", "view_vendordocument"]))
        client = browser_of(Person(user))
        applicant = a_vendor_in("pending")
        html = words(client.get(page_of(applicant.of)))
        assert "Ahmed Foods LLC" in html
        assert "/do/" not in html
        assert client.post(f"{QUEUE}{applicant.of.pk}/do/approve").status_code == 403
        assert states(applicant.of)["company"] == "pending"

    def test_staff_without_the_right_see_nothing(self) -> None:
        client = browser_of(Person(UserFactory(is_staff=True)))
        applicant = a_vendor_in("pending")
        paper = applicant.of.documents.first()
        assert client.get(QUEUE).status_code == 403
        assert client.get(page_of(applicant.of)).status_code == 403
        assert client.get(f"{QUEUE}{applicant.of.pk}/documents/{paper.pk}/file").status_code == 403


def test_the_pages_hold_the_content_security_policy(browser: Client) -> None:
    applicant = a_vendor_in("pending")
    for path in ("/admin/", QUEUE, page_of(applicant.of), "/admin/vendors/vendordocument/"):
        answer = browser.get(path)
        html = words(answer)
        assert answer.status_code == 200, path
        assert "object-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), path
