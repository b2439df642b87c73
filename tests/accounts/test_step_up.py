"""What cannot be taken back asks for the second factor anew: refunds, and decisions on vendors and their papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from aqad.accounts.models import FailedSignIn, SecondFactor, TokenFamily
from aqad.audit.models import Event
from aqad.core import clock
from payments.models import Payment, Refund
from tests import cast
from tests.accounts.given import code, sign_in, with_second_factor, wrong_code
from tests.browsing import browser_of, text_of
from tests.cast import Person
from tests.factories.trade import OrderFactory
from tests.vendors.given import document
from vendors.models import VendorDocument

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
A_QUARTER = timedelta(minutes=15)
BODY = {"amount": "1.00", "reason": "Dented"}
STEP_UP = "/account/step-up"


@pytest.fixture
def paid(vendor: Person, retailer: Person) -> Payment:
    return OrderFactory(vendor=vendor.of, retailer=retailer.of, status="ready").payment


@pytest.fixture
def paper(vendor: Person) -> VendorDocument:
    return document(vendor.of)


def refund(client: APIClient, payment: Payment, **more: Any) -> Any:
    key = {"HTTP_IDEMPOTENCY_KEY": more.pop("key")} if "key" in more else {}
    return client.post(f"/api/payments/{payment.reference}/refund", {**BODY, **more}, format="json", **key)


def client_of(person: Person, otp: str) -> APIClient:
    """Signed in with a code a moment ago."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {sign_in(person.user, otp=otp).json()['access']}")
    return client


class TestOverTheApi:
    def test_whoever_has_no_second_factor_is_asked_for_nothing(self, staff: Person, paid: Payment) -> None:
        assert refund(staff.api, paid).status_code == 200

    def test_a_stale_proof_is_refused_and_nothing_changes(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        answer = refund(staff.api, paid)
        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
        assert not Refund.objects.exists()
        assert not FailedSignIn.objects.exists()

    def test_the_same_request_with_a_code_goes_through_and_opens_a_quarter_of_an_hour(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        digits = code()
        assert refund(staff.api, paid, otp=digits).status_code == 200
        assert refund(staff.api, paid).status_code == 200
        assert Event.objects.filter(verb="accounts.stepped_up", actor=f"Staff {staff.user.pk}").count() == 1
        TokenFamily.objects.update(proved_at=clock.now() - A_QUARTER)
        assert refund(staff.api, paid, otp=digits).status_code == 403
        assert Refund.objects.count() == 2

    def test_a_sign_in_with_a_code_is_a_proof(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        client = client_of(staff, code())
        assert refund(client, paid).status_code == 200
        with time_machine.travel(clock.now() + timedelta(minutes=14)):
            assert refund(client, paid).status_code == 200
        with time_machine.travel(clock.now() + A_QUARTER - timedelta(seconds=40)):
            TokenFamily.objects.update(proved_at=clock.now() - A_QUARTER)
            assert refund(client, paid).status_code == 403

    def test_a_proof_of_one_device_is_none_of_another(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        client_of(staff, code())
        assert refund(staff.api, paid).status_code == 403

    def test_a_wrong_or_used_code_is_refused_and_counts_as_a_guess(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        used = code()
        sign_in(staff.user, otp=used)
        for otp in (wrong_code(), used):
            answer = refund(staff.api, paid, otp=otp)
            assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
        assert FailedSignIn.objects.count() == 2
        assert not Refund.objects.exists()

    def test_guesses_are_limited(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        assert [refund(staff.api, paid, otp=wrong_code()).status_code for _ in range(6)] == [403] * 5 + [429]
        assert refund(staff.api, paid, otp=code()).status_code == 429
        assert not Refund.objects.exists()

    def test_a_wrong_body_uses_no_code_up(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        assert refund(staff.api, paid, amount="0", otp=code()).status_code == 422
        assert SecondFactor.objects.get().last_step == 0

    def test_a_refusal_leaves_the_key_free_and_a_repeat_gets_the_first_answer_whatever_its_code(self, staff: Person, paid: Payment) -> None:
        with_second_factor(staff.user)
        assert refund(staff.api, paid, key="one").status_code == 403
        first = refund(staff.api, paid, key="one", otp=code())
        TokenFamily.objects.update(proved_at=clock.now() - A_QUARTER)
        for more in ({"otp": code()}, {}, {"otp": wrong_code()}):
            again = refund(staff.api, paid, key="one", **more)
            assert (again.status_code, again.json()) == (200, first.json())
            assert again.headers["Idempotency-Replayed"] == "true"
        assert Refund.objects.count() == 1
        assert not FailedSignIn.objects.exists()

    @pytest.mark.parametrize("step", ["approve", "reject"])
    def test_decisions_on_papers_ask_too(self, staff: Person, paper: VendorDocument, step: str) -> None:
        VendorDocument.objects.update(status="pending")
        with_second_factor(staff.user)
        url = f"/api/vendors/{paper.vendor.reference}/documents/{paper.pk}/{step}"
        body = {"reason": "Blurred"} if step == "reject" else {}
        assert staff.api.post(url, body, format="json").json()["code"] == "step_up_required"
        assert VendorDocument.objects.get().status == "pending"
        assert staff.api.post(url, {**body, "otp": code()}, format="json").json()["status"] in {"approved", "rejected"}

    @pytest.mark.parametrize("step", ["approve", "reject"])
    def test_decisions_on_vendors_ask_too(self, staff: Person, step: str) -> None:
        applicant = cast.a_vendor("Noor Foods", company__status="pending")
        with_second_factor(staff.user)
        answer = staff.api.post(f"/api/vendors/{applicant.of.reference}/{step}", {"reason": "Blurred"} if step == "reject" else {})
        assert answer.json()["code"] == "step_up_required"
        applicant.company.refresh_from_db()
        assert applicant.company.status == "pending"

    def test_a_role_that_may_not_is_told_so_and_not_asked(self, retailer: Person, paid: Payment) -> None:
        with_second_factor(retailer.user)
        assert refund(retailer.api, paid).json()["code"] == "forbidden"


class TestInTheBackOffice:
    @pytest.fixture
    def press(self, staff: Person, paid: Payment) -> Callable[[], Any]:
        browser = browser_of(staff)
        self.browser = browser
        return lambda: browser.post(f"/admin/payments/payment/{paid.pk}/do/refund", BODY)

    def test_without_a_second_factor_the_button_works_at_once(self, press: Callable[[], Any]) -> None:
        press()
        assert Refund.objects.count() == 1

    def test_a_stale_proof_leads_to_the_code_and_back(self, staff: Person, paid: Payment, press: Callable[[], Any]) -> None:
        with_second_factor(staff.user)
        page = f"/admin/payments/payment/{paid.pk}/change/"
        led = press().headers["Location"]
        assert led == f"{STEP_UP}?next={page.replace('/', '%2F')}"
        assert not Refund.objects.exists()
        assert f'name="next" value="{page}"' in text_of(self.browser.get(led))
        wrong = self.browser.post(STEP_UP, {"otp": wrong_code(), "next": page})
        assert wrong.status_code == 403
        assert "This code is not right" in text_of(wrong)
        assert self.browser.post(STEP_UP, {"otp": code(), "next": page}).headers["Location"] == page
        press()
        assert Refund.objects.count() == 1

    def test_papers_are_decided_with_a_fresh_proof_alone(self, staff: Person, paper: VendorDocument) -> None:
        VendorDocument.objects.update(status="pending")
        with_second_factor(staff.user)
        browser = browser_of(staff)
        TokenFamily.objects.update(proved_at=clock.now() - A_QUARTER)
        answer = browser.post(f"/admin/vendors/vendor/{paper.vendor_id}/documents/{paper.pk}/do/approve")
        assert answer.headers["Location"].startswith(STEP_UP)
        assert VendorDocument.objects.get().status == "pending"

    def test_leads_nowhere_else(self, staff: Person) -> None:
        with_second_factor(staff.user)
        answer = browser_of(staff).post(STEP_UP, {"otp": code(), "next": "//evil.test"})
        assert answer.headers["Location"] == "/dashboard"

    def test_whoever_has_no_second_factor_has_nothing_to_confirm(self, vendor: Person) -> None:
        assert "there is nothing to confirm" in text_of(browser_of(vendor).get(STEP_UP))
