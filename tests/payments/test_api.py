"""The doors: who sees which payment, in which shape, with how many queries; and staff's refunds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aqad.audit.models import Event
from payments.models import Payment, Refund
from tests.cast import Person
from tests.payments.given import attempt_of, charge_of, confirm, owed, paid

pytestmark = pytest.mark.embedded


def url(payment: Payment, rest: str = "") -> str:
    return f"/api/payments/{payment.reference}{rest}"


def refund(who: Person, payment: Payment, *, key: str | None = None, **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return who.api.post(url(payment, "/refund"), body, format="json", headers=headers)


def test_a_payment_has_the_contracts_shape(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    body = retailer.api.get(url(payment)).json()
    attempt = attempt_of(payment)
    assert body["attempts"] == [{"status": "requires_action", "at": body["attempts"][0]["at"], "decline_code": ""}]
    assert body["redirect_url"] == attempt.redirect_url
    expected = {
        "id": payment.reference,
        "status": "requires_action",
        "method": "card",
        "amount": "5040.00",
        "amount_paid": "0.00",
        "amount_refunded": "0.00",
        "currency": "AED",
        "orders": [],
        "refunds": [],
    }
    assert {name: body[name] for name in expected} == expected
    assert body["created_at"]


def test_a_refused_one_says_why_and_leads_nowhere(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_insufficient_funds", retailer)
    body = retailer.api.get(url(payment)).json()
    assert (body["status"], body["redirect_url"], body["attempts"][0]["decline_code"]) == ("failed", None, "insufficient_funds")


def test_case_does_not_matter(retailer: Person) -> None:
    assert retailer.api.get(url(owed(retailer)).lower()).status_code == 200


def test_each_sees_their_own(retailer: Person, rival_retailer: Person, staff: Person) -> None:
    mine, theirs = owed(retailer), owed(rival_retailer)

    def seen(who: Person) -> list[str]:
        return [row["id"] for row in who.api.get("/api/payments").json()["results"]]

    assert seen(retailer) == [mine.reference]
    assert seen(rival_retailer) == [theirs.reference]
    assert seen(staff) == [theirs.reference, mine.reference]


def test_anothers_payment_is_like_none(retailer: Person, rival_retailer: Person) -> None:
    payment = owed(retailer)
    foreign, unknown = rival_retailer.api.get(url(payment)), rival_retailer.api.get("/api/payments/PAY99999")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize("path", ["", "/PAY1001"])
def test_vendors_and_drivers_never_see_payments(vendor: Person, driver: Person, stranger: APIClient, path: str) -> None:
    answers = [client.get(f"/api/payments{path}").status_code for client in (vendor.api, driver.api, stranger)]
    assert answers == [403, 403, 401]


def test_the_list_is_filtered_by_status(retailer: Person) -> None:
    owed(retailer)
    done = paid(retailer)
    assert [row["id"] for row in retailer.api.get("/api/payments?status=paid").json()["results"]] == [done.reference]
    assert list(retailer.api.get("/api/payments?status=dreamt").json()["errors"]) == ["status"]
    assert list(retailer.api.get("/api/payments?payer=1").json()["errors"]) == ["payer"]


def test_the_list_takes_as_many_queries_for_many_as_for_one(retailer: Person, staff: Person, connection: Any) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.api.get("/api/payments")
        return len(queries)

    paid(retailer)
    refund(staff, Payment.objects.get(), amount="1.00", reason="one carton was wet")
    for_one = count()
    for _ in range(4):
        confirm(owed(retailer), "tok_3ds", retailer)
        refund(staff, paid(retailer), amount="1.00", reason="one carton was wet")
    assert count() == for_one


def test_staff_refund_a_part(retailer: Person, staff: Person, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    payment = paid(retailer)
    with django_capture_on_commit_callbacks(execute=True):
        answer = refund(staff, payment, amount="40.00", reason="one carton was wet")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["refunds"][0]["amount"]) == ("paid", "40.00")
    body = retailer.api.get(url(payment)).json()
    assert (body["status"], body["amount_refunded"], body["refunds"][0]["status"]) == ("partially_refunded", "40.00", "done")
    assert Event.objects.filter(subject=payment.reference, verb="payments.refunded").count() == 1


def test_the_same_key_refunds_once(retailer: Person, staff: Person) -> None:
    payment = paid(retailer)
    first = refund(staff, payment, key="k1", amount="40.00", reason="wet")
    second = refund(staff, payment, key="k1", amount="40.00", reason="wet")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json() == first.json()
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": "5040.01", "reason": "wet"}, "amount"),
        ({"amount": "0.00", "reason": "wet"}, "amount"),
        ({"amount": "-1.00", "reason": "wet"}, "amount"),
        ({"amount": "1.001", "reason": "wet"}, "amount"),
        ({"amount": True, "reason": "wet"}, "amount"),
        ({"reason": "wet"}, "amount"),
        ({"amount": "1.00"}, "reason"),
        ({"amount": "1.00", "reason": ""}, "reason"),
        ({"amount": "1.00", "reason": "wet", "part": "ORD1001"}, "part"),
    ],
)
def test_refuses_a_refund_that_cannot_be(retailer: Person, staff: Person, body: dict[str, Any], field: str) -> None:
    answer = refund(staff, paid(retailer), **body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Refund.objects.exists()


def test_refuses_a_refund_before_anything_was_taken(retailer: Person, staff: Person) -> None:
    payment = owed(retailer)
    answer = refund(staff, payment, amount="1.00", reason="wet")
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (409, "invalid_transition", "unpaid")
    assert not Refund.objects.exists()


def test_only_staff_refund(retailer: Person, vendor: Person, stranger: APIClient) -> None:
    payment = paid(retailer)
    body = {"amount": "1.00", "reason": "wet"}
    answers = [client.post(url(payment, "/refund"), body).status_code for client in (retailer.api, vendor.api, stranger)]
    assert answers == [403, 403, 401]
    assert not Refund.objects.exists()


def test_the_payer_approves_on_the_banks_page_and_comes_back(retailer: Person, client: Any, settings: Any) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    page = attempt_of(payment).redirect_url.removeprefix(settings.PUBLIC_URL)
    assert "Approve the payment" in client.get(page).content.decode()
    back = client.post(page, {"decision": "approve"})
    assert back.status_code == 302
    assert back.url.startswith(f"{settings.PUBLIC_URL}/payments/return/{payment.reference}?attempt=")
    shown = client.get(back.url.removeprefix(settings.PUBLIC_URL)).content.decode()
    assert "The payment was approved" in shown
    payment.refresh_from_db()
    assert payment.status == "paid"


def test_the_payer_refuses_on_the_banks_page(retailer: Person, client: Any, settings: Any) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    page = attempt_of(payment).redirect_url.removeprefix(settings.PUBLIC_URL)
    back = client.post(page, {"decision": "refuse"})
    client.get(back.url.removeprefix(settings.PUBLIC_URL))
    payment.refresh_from_db()
    assert (payment.status, attempt_of(payment).decline_code) == ("failed", "authentication_refused")
    client.post(page, {"decision": "approve"})
    assert charge_of(payment).status == "declined"
    assert "nothing to approve any more" in client.get(page).content.decode()


def test_the_banks_page_wants_a_decision_and_a_csrf_token(retailer: Person, client: Any, settings: Any) -> None:
    from django.test import Client

    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    page = attempt_of(payment).redirect_url.removeprefix(settings.PUBLIC_URL)
    assert client.post(page, {"decision": "maybe"}).status_code == 422
    assert Client(enforce_csrf_checks=True).post(page, {"decision": "approve"}).status_code == 403
    assert charge_of(payment).status == "requires_action"


def test_coming_back_before_deciding_changes_nothing(retailer: Person, client: Any) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    answer = client.get(f"/payments/return/{payment.reference}?attempt={attempt_of(payment).pk}")
    assert "still waits for your approval" in answer.content.decode()


def test_the_way_back_needs_the_attempts_own_key(retailer: Person, client: Any) -> None:
    payment, other = owed(retailer), owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    attempt = attempt_of(payment).pk
    wrong = [f"{payment.reference}", f"{payment.reference}?attempt=x", f"{other.reference}?attempt={attempt}", f"PAY-1?attempt={attempt}"]
    assert [client.get(f"/payments/return/{path}").status_code for path in wrong] == [404] * 4


def test_there_is_no_sandbox_page_beside_a_real_bank(retailer: Person, client: Any, settings: Any) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    page = attempt_of(payment).redirect_url.removeprefix(settings.PUBLIC_URL)
    settings.PAYMENT_GATEWAY = "stripe"
    assert client.get(page).status_code == 404
    assert client.get("/sandbox-bank/ch_none").status_code == 404


@pytest.fixture
def connection() -> Any:
    from django.db import connection

    return connection
