"""AQAD's staff decide on vendors and papers; a refused decision changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.accounts.models import User
from aqad.audit.models import Event
from tests.cast import Person
from tests.factories import files
from tests.vendors.given import a_vendor_in, document, states
from vendors.models import Vendor, VendorDocument

pytestmark = pytest.mark.django_db


def post(person: Person, vendor: Vendor, step: str, body: dict[str, Any] | None = None) -> Any:
    return person.api.post(f"/api/vendors/{vendor.reference}/{step}", body or {}, format="json")


@pytest.mark.embedded
def test_approving_a_vendor_approves_its_waiting_documents_too(staff: Person) -> None:
    applicant = a_vendor_in("pending")
    answer = post(staff, applicant.of, "approve")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["status"] == "active"
    assert {d["status"] for d in body["documents"]} == {"approved"}
    assert body["reviewed_at"]
    assert Event.objects.get(verb="vendors.approved").text == f"Staff {staff.user.pk} approved Vendor {applicant.of.reference}"
    assert Event.objects.filter(verb="vendors.document_approved", about=applicant.of.reference).count() == 2


def test_the_case_of_a_reference_does_not_matter(staff: Person) -> None:
    applicant = a_vendor_in("pending")
    assert staff.api.post(f"/api/vendors/{applicant.of.reference.lower()}/approve").status_code == 200


@pytest.mark.parametrize("status", ["active", "rejected", "suspended"])
def test_only_a_pending_vendor_is_approved(staff: Person, status: str) -> None:
    applicant = a_vendor_in(status)
    before = states(applicant.of)
    answer = post(staff, applicant.of, "approve")
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (409, "invalid_transition", status)
    assert states(applicant.of) == before
    assert not Event.objects.exists()


def test_a_vendor_with_a_rejected_document_is_not_approved(staff: Person) -> None:
    applicant = a_vendor_in("pending")
    applicant.of.documents.filter(type="vat_certificate").update(status="rejected")
    before = states(applicant.of)
    answer = post(staff, applicant.of, "approve")
    assert (answer.status_code, answer.json()["status"]) == (409, "pending")
    assert states(applicant.of) == before


def test_a_vendor_without_both_documents_is_not_approved(staff: Person) -> None:
    applicant = a_vendor_in("pending")
    applicant.of.documents.filter(type="vat_certificate").update(status="replaced")
    before = states(applicant.of)
    assert post(staff, applicant.of, "approve").status_code == 409
    assert states(applicant.of) == before


@pytest.mark.embedded
def test_rejecting_keeps_the_reason(staff: Person) -> None:
    applicant = a_vendor_in("pending")
    body = post(staff, applicant.of, "reject", {"reason": "The licence has ended"}).json()
    assert (body["status"], body["reason"]) == ("rejected", "The licence has ended")
    assert Event.objects.get(verb="vendors.rejected").subject == applicant.of.reference


def test_suspending_ends_access_at_once_and_reinstating_lets_them_in_again(staff: Person, vendor: Person) -> None:
    assert vendor.api.get("/api/vendor/documents").status_code == 200
    assert post(staff, vendor.of, "suspend", {"reason": "Complaints"}).json()["status"] == "suspended"
    assert vendor.api.get("/api/vendor/documents").status_code == 401
    assert post(staff, vendor.of, "suspend", {"reason": "Again"}).status_code == 409
    assert post(staff, vendor.of, "reinstate").json()["status"] == "active"
    vendor.user = User.objects.get(pk=vendor.user.pk)
    del vendor.__dict__["api"]
    assert vendor.api.get("/api/vendor/documents").status_code == 200


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("pending", "suspend"),
        ("rejected", "suspend"),
        ("active", "reject"),
        ("active", "reinstate"),
        ("pending", "reinstate"),
        ("rejected", "reject"),
    ],
)
def test_refuses_a_step_that_does_not_follow(staff: Person, status: str, step: str) -> None:
    applicant = a_vendor_in(status)
    before = states(applicant.of)
    answer = post(staff, applicant.of, step, {} if step == "reinstate" else {"reason": "Because"})
    assert (answer.status_code, answer.json()["status"]) == (409, status)
    assert states(applicant.of) == before
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": 5}, {"reason": "a", "status": "active"}]
)
@pytest.mark.parametrize(("status", "step"), [("pending", "reject"), ("active", "suspend")])
def test_a_reason_is_required_where_one_is_named(staff: Person, status: str, step: str, body: dict[str, Any]) -> None:
    applicant = a_vendor_in(status)
    before = states(applicant.of)
    assert post(staff, applicant.of, step, body).status_code == 422
    assert states(applicant.of) == before


def test_the_same_key_gives_the_same_answer(staff: Person) -> None:
    applicant = a_vendor_in("pending")
    url = f"/api/vendors/{applicant.of.reference}/approve"
    first = staff.api.post(url, {}, format="json", HTTP_IDEMPOTENCY_KEY="approve-1")
    second = staff.api.post(url, {}, format="json", HTTP_IDEMPOTENCY_KEY="approve-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()


class TestDocuments:
    @pytest.mark.embedded
    def test_a_new_one_waits_beside_the_one_in_force_and_replaces_it_once_approved(self, staff: Person) -> None:
        trader = a_vendor_in("active", "approved")
        old = trader.of.documents.get(type="trade_license")
        new = document(trader.of)
        answer = post(staff, trader.of, f"documents/{new.pk}/approve")
        assert (answer.status_code, answer.json()["status"]) == (200, "approved")
        old.refresh_from_db()
        assert old.status == "replaced"
        assert Event.objects.get(verb="vendors.document_approved").facts == {"type": "trade_license", "replaced": [old.pk]}

    def test_a_rejected_one_leaves_the_one_in_force(self, staff: Person) -> None:
        trader = a_vendor_in("active", "approved")
        new = document(trader.of)
        body = post(staff, trader.of, f"documents/{new.pk}/reject", {"reason": "Unreadable"}).json()
        assert (body["status"], body["reason"]) == ("rejected", "Unreadable")
        assert trader.of.documents.get(type="trade_license", status="approved")

    @pytest.mark.parametrize("status", ["approved", "rejected", "replaced"])
    @pytest.mark.parametrize("step", ["approve", "reject"])
    def test_a_decision_is_made_once(self, staff: Person, status: str, step: str) -> None:
        trader = a_vendor_in("active", status)
        paper = trader.of.documents.first()
        before = states(trader.of)
        answer = post(staff, trader.of, f"documents/{paper.pk}/{step}", {"reason": "Again"} if step == "reject" else {})
        assert (answer.status_code, answer.json()["status"]) == (409, status)
        assert states(trader.of) == before
        assert not Event.objects.exists()

    def test_one_of_another_vendor_is_not_found_under_this_one(self, staff: Person) -> None:
        applicant, other = a_vendor_in("pending"), a_vendor_in("pending", name="Al Noor Trading")
        foreign = other.of.documents.first()
        for step in (
            f"documents/{foreign.pk}/approve",
            "documents/0/approve",
            "documents/x/approve",
            "documents/99999999999999999999/approve",
        ):
            assert post(staff, applicant.of, step).status_code == 404
        foreign.refresh_from_db()
        assert foreign.status == "pending"


class TestTheQueue:
    @pytest.mark.embedded
    def test_lists_vendors_by_status_newest_first(self, staff: Person) -> None:
        first, second = a_vendor_in("pending"), a_vendor_in("pending", name="Al Noor Trading")
        a_vendor_in("active", "approved", name="Gulf Beverages")
        body = staff.api.get("/api/vendors", {"status": "pending"}).json()
        assert [v["id"] for v in body["results"]] == [second.of.reference, first.of.reference]
        assert body["pagination"]["total"] == 2
        assert staff.api.get("/api/vendors").json()["pagination"]["total"] == 3

    def test_a_vendor_is_shown_with_all_that_a_decision_needs(self, staff: Person) -> None:
        applicant = a_vendor_in("pending")
        body = staff.api.get(f"/api/vendors/{applicant.of.reference}").json()
        assert (body["id"], body["company_name"], body["status"], body["reason"]) == (
            applicant.of.reference,
            "Ahmed Foods LLC",
            "pending",
            "",
        )
        assert body["people"] == [{"name": applicant.user.name, "email": applicant.user.email, "phone": applicant.user.phone}]
        assert body["address"]["emirate"] == "Dubai"
        assert {"id", "type", "status", "number", "expires_on", "filename", "size"} <= set(body["documents"][0])
        assert "application_url" not in body

    @pytest.mark.parametrize("query", ["status=nope", "state=pending", "status=pending&status=active", "page=0", "limit=101", "cursor=x"])
    def test_refuses_a_query_that_it_does_not_know(self, staff: Person, query: str) -> None:
        assert staff.api.get(f"/api/vendors?{query}").status_code == 422

    @pytest.mark.parametrize("reference", ["V0", "V999999", "R1001", "V01001", "1001", "V-1", "V99999999999999999999"])
    def test_an_unknown_reference_is_not_found(self, staff: Person, reference: str) -> None:
        assert staff.api.get(f"/api/vendors/{reference}").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_vendors(self, staff: Person, django_assert_max_num_queries: Any) -> None:
        a_vendor_in("pending")
        staff.api.get("/api/vendors")
        for number in range(5):
            a_vendor_in("pending", name=f"Vendor {number}")
        with django_assert_max_num_queries(5):  # user, vendors, documents, people, count
            assert len(staff.api.get("/api/vendors").json()["results"]) == 6


class TestOwnDocuments:
    @pytest.mark.embedded
    def test_a_vendor_sends_and_lists_its_own(self, vendor: Person, rival_vendor: Person) -> None:
        document(rival_vendor.of)
        old = document(vendor.of, status="approved")
        answer = vendor.api.post(
            "/api/vendor/documents",
            {"type": "trade_license", "file": files.upload(), "number": "CN-2", "expires_on": "2099-01-01"},
            format="multipart",
        )
        assert answer.status_code == 201, answer.content
        sent = answer.json()
        assert (sent["status"], sent["number"], sent["expires_on"]) == ("pending", "CN-2", "2099-01-01")
        listed = vendor.api.get("/api/vendor/documents").json()["results"]
        assert [(d["id"], d["status"]) for d in listed] == [(sent["id"], "pending"), (old.pk, "approved")]
        assert Event.objects.get(verb="vendors.document_added").about == vendor.of.reference

    def test_one_sent_before_the_last_was_looked_at_replaces_it(self, vendor: Person) -> None:
        waiting = document(vendor.of)
        vendor.api.post("/api/vendor/documents", {"type": "trade_license", "file": files.upload()}, format="multipart")
        waiting.refresh_from_db()
        assert waiting.status == "replaced"
        assert VendorDocument.objects.filter(status="pending").count() == 1

    @pytest.mark.parametrize(
        "body", [{}, {"type": "passport"}, {"type": "trade_license", "file": "text"}, {"type": "trade_license", "status": "approved"}]
    )
    def test_refuses_what_is_not_a_paper(self, vendor: Person, body: dict[str, Any]) -> None:
        assert vendor.api.post("/api/vendor/documents", body, format="json").status_code == 422
        assert not VendorDocument.objects.exists()


class TestViewing:
    @pytest.mark.embedded
    def test_each_view_is_on_record(self, staff: Person) -> None:
        applicant = a_vendor_in("pending")
        paper = applicant.of.documents.first()
        for _ in range(2):
            answer = staff.api.get(f"/api/vendors/{applicant.of.reference}/documents/{paper.pk}/file", HTTP_ACCEPT="application/pdf")
            assert answer.status_code == 200
        assert answer.getvalue().startswith(b"%PDF")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
        views = Event.objects.filter(verb="vendors.document_viewed", subject=f"vendordocument:{paper.pk}", about=applicant.of.reference)
        assert [(event.actor, event.actor_user_id) for event in views] == [(f"Staff {staff.user.pk}", staff.user.pk)] * 2

    def test_a_vendor_sees_its_own_and_that_is_on_record_too(self, vendor: Person) -> None:
        paper = document(vendor.of)
        assert vendor.api.get(f"/api/vendors/{vendor.of.reference}/documents/{paper.pk}/file").status_code == 200
        assert Event.objects.get(verb="vendors.document_viewed").actor == f"Vendor {vendor.of.reference}"

    def test_a_lost_file_is_said_and_not_recorded_as_seen(self, staff: Person, vendor: Person) -> None:
        paper = document(vendor.of)
        paper.file.storage.delete(paper.file.name)
        answer = staff.api.get(f"/api/vendors/{vendor.of.reference}/documents/{paper.pk}/file")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert not Event.objects.exists()


PATHS = [
    ("get", "/api/vendors"),
    ("get", "/api/vendors/{vendor}"),
    ("get", "/api/vendors/{vendor}/documents/{document}/file"),
    ("post", "/api/vendors/{vendor}/documents/{document}/approve"),
    ("post", "/api/vendors/{vendor}/documents/{document}/reject"),
    ("post", "/api/vendors/{vendor}/approve"),
    ("post", "/api/vendors/{vendor}/reject"),
    ("post", "/api/vendors/{vendor}/suspend"),
    ("post", "/api/vendors/{vendor}/reinstate"),
]


@pytest.mark.embedded
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_strangers_rivals_and_buyers_get_nowhere(
    method: str, path: str, stranger: APIClient, rival_vendor: Person, retailer: Person, driver: Person
) -> None:
    applicant = a_vendor_in("pending")
    before = states(applicant.of)
    url = path.format(vendor=applicant.of.reference, document=applicant.of.documents.first().pk)
    unknown = path.format(vendor="V999999", document=1)
    is_file = path.endswith("/file")
    assert getattr(stranger, method)(url).status_code == 401
    assert getattr(retailer.api, method)(url).status_code == 403
    assert getattr(driver.api, method)(url).status_code == 403
    foreign = getattr(rival_vendor.api, method)(url)
    assert foreign.status_code == (404 if is_file else 403)
    assert foreign.json() == getattr(rival_vendor.api, method)(unknown).json()
    assert states(applicant.of) == before
    assert not Event.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_own_documents_are_for_vendors(method: str, stranger: APIClient, retailer: Person, staff: Person) -> None:
    assert getattr(stranger, method)("/api/vendor/documents").status_code == 401
    assert getattr(retailer.api, method)("/api/vendor/documents").status_code == 403
    assert getattr(staff.api, method)("/api/vendor/documents").status_code == 403
