"""The Stripe adapter against a stubbed HTTP client, with the shapes of Stripe's reference."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from aqad.core import clock
from payments.gateways.base import BadSignature, BookedCharge, BookedRefund, Charge, Kind, Message, NoAnswer, Order, RefundOutcome
from payments.gateways.stripe import StripeGateway

AMOUNT = Decimal("5040.00")
KEY = "0b7c1c1e-0000-4000-8000-000000000001"
ORDER = Order(key=KEY, amount=AMOUNT, token="pm_card_visa", description="AQAD PAY1001", return_url="https://aqad.test/back")


class StubbedHttp(stripe.HTTPClient):
    """Answers from a list, and keeps what it was asked."""

    name = "stub"

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)
        self.requests: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> tuple[str, int, dict[str, str]]:
        address = urlsplit(url)
        sent = {name: values[0] for name, values in parse_qs(post_data or address.query).items()}
        self.requests.append((method, address.path, sent, dict(headers)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return json.dumps(body), status, {"request-id": "req_1"}

    def _sleep_time_seconds(self, *_: Any, **__: Any) -> float:
        return 0.0


def intent(**fields: Any) -> dict[str, Any]:
    return {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 504000, "amount_received": 504000,
            "metadata": {"attempt": KEY}, **fields}  # fmt: skip


def error(kind: str, status: int = 402, **fields: Any) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"type": kind, "message": "no", **fields}}


def charge(reference: str = "pi_1") -> Charge:
    return Charge(key=KEY, reference=reference, asked_at=clock.now())


@pytest.fixture(autouse=True)
def _configured(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", "whsec_1"


@pytest.fixture
def _promises_hold() -> None:
    """No database here."""


def test_a_charge_is_one_confirmed_intent_under_our_key() -> None:
    http = StubbedHttp(intent())
    outcome = StripeGateway(http).charge(ORDER)
    assert (outcome.kind, outcome.reference, outcome.amount) == (Kind.SUCCEEDED, "pi_1", AMOUNT)
    method, path, sent, headers = http.requests[0]
    assert (method, path) == ("post", "/v1/payment_intents")
    assert headers["Idempotency-Key"] == KEY
    assert (sent["amount"], sent["currency"], sent["confirm"], sent["metadata[attempt]"]) == ("504000", "aed", "true", KEY)
    assert (sent["payment_method"], sent["return_url"]) == ("pm_card_visa", ORDER.return_url)


def test_what_the_form_made_of_a_card_is_charged_by_redirect_whatever_it_says_itself() -> None:
    http = StubbedHttp(intent())
    order = replace(ORDER, token="ctoken_1NnQUf2eZvKYlo2CIObdtbnb")
    assert StripeGateway(http).charge(order).kind == Kind.SUCCEEDED
    sent = http.requests[0][2]
    assert (sent["confirmation_token"], sent["use_stripe_sdk"]) == (order.token, "false")
    assert "payment_method" not in sent
    used_up = error("invalid_request_error", 400, param="confirmation_token", code="resource_missing")
    assert StripeGateway(StubbedHttp(used_up)).charge(order).kind == Kind.UNUSABLE


@pytest.mark.parametrize("token", ["tok_visa", "pm_", "ctoken_", "ctoken_1\n", "seti_1", "ctoken_" + "x" * 121, ""])
def test_knows_what_cannot_be_a_token_without_asking(token: str) -> None:
    gateway = StripeGateway(StubbedHttp())
    assert not gateway.knows(token)
    assert gateway.knows("pm_card_visa")
    assert gateway.knows("ctoken_1NnQUf2eZvKYlo2CIObdtbnb")


def test_a_declined_card_says_why() -> None:
    refused = error(
        "card_error", code="card_declined", decline_code="insufficient_funds", payment_intent=intent(status="requires_payment_method")
    )
    outcome = StripeGateway(StubbedHttp(refused)).charge(ORDER)
    assert (outcome.kind, outcome.reference, outcome.decline_code) == (Kind.DECLINED, "pi_1", "insufficient_funds")


def test_3ds_gives_the_address_of_the_banks_page() -> None:
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/3d", "return_url": ORDER.return_url}}
    outcome = StripeGateway(StubbedHttp(intent(status="requires_action", amount_received=0, next_action=action))).charge(ORDER)
    assert (outcome.kind, outcome.redirect_url, outcome.amount) == (Kind.REQUIRES_ACTION, "https://hooks.stripe.com/3d", 0)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("succeeded", Kind.SUCCEEDED),
        ("processing", Kind.PROCESSING),
        ("requires_action", Kind.REQUIRES_ACTION),
        ("requires_payment_method", Kind.DECLINED),
        ("canceled", Kind.CANCELLED),
        ("requires_capture", Kind.PROCESSING),
    ],
)
def test_each_status_has_its_meaning(status: str, kind: Kind) -> None:
    refusal = {"code": "card_declined", "decline_code": "lost_card"}
    outcome = StripeGateway(StubbedHttp(intent(status=status, last_payment_error=refusal))).retrieve(charge())
    assert outcome.kind == kind
    assert outcome.decline_code == ("lost_card" if kind == Kind.DECLINED else "")


@pytest.mark.parametrize(("param", "kind"), [("payment_method", Kind.UNUSABLE), ("amount", Kind.NOT_FOUND)])
def test_a_request_that_stripe_refuses_took_nothing(param: str, kind: Kind) -> None:
    refused = error("invalid_request_error", 400, param=param, code="resource_missing")
    assert StripeGateway(StubbedHttp(refused)).charge(ORDER).kind == kind


@pytest.mark.parametrize(
    "answer",
    [error("api_error", 500), error("rate_limit", 429), error("authentication_error", 401), error("idempotency_error", 400)],
    ids=["broken", "busy", "key", "idempotency"],
)
def test_whatever_leaves_open_what_happened_is_no_answer(answer: Any) -> None:
    with pytest.raises(NoAnswer):
        StripeGateway(StubbedHttp(*[answer] * 3)).charge(ORDER)


def test_a_lost_connection_is_tried_again_under_the_same_key() -> None:
    lost = stripe.APIConnectionError("gone", should_retry=True)
    http = StubbedHttp(lost, intent())
    assert StripeGateway(http).charge(ORDER).kind == Kind.SUCCEEDED
    assert {headers["Idempotency-Key"] for *_, headers in http.requests} == {KEY}


def test_a_charge_whose_reference_was_lost_is_found_by_our_key() -> None:
    page = {"object": "list", "url": "/v1/payment_intents", "has_more": False,
            "data": [intent(id="pi_0", metadata={}), intent(id="pi_7")]}  # fmt: skip
    http = StubbedHttp(page)
    assert StripeGateway(http).retrieve(charge("")).reference == "pi_7"
    assert "created[gte]" in http.requests[0][2]
    empty = {**page, "data": []}
    assert StripeGateway(StubbedHttp(empty)).retrieve(charge("")).kind == Kind.NOT_FOUND


def test_lost_charges_of_one_time_are_looked_for_in_one_list() -> None:
    def page(*keys: str) -> dict[str, Any]:
        made = [intent(id=f"pi_{key}", metadata={"attempt": key}) for key in keys]
        return {"object": "list", "url": "/v1/payment_intents", "has_more": False, "data": made}

    now = clock.now()
    known = Charge("k", "pi_k", now)
    early, nowhere, late = Charge("early", "", now - timedelta(hours=3)), Charge("nowhere", "", now), Charge("late", "", now)
    http = StubbedHttp(page("early"), page("another", "late"))
    found = StripeGateway(http).seek([late, known, nowhere, early])
    assert found == [known, replace(early, reference="pi_early"), replace(late, reference="pi_late"), replace(nowhere, is_sought=True)]
    spans = [int(sent["created[lte]"]) - int(sent["created[gte]"]) for _, _, sent, _ in http.requests]
    assert spans == [1800, 1800]  # a quarter of an hour before and after
    assert StripeGateway(StubbedHttp()).retrieve(found[-1]).kind == Kind.NOT_FOUND


def test_cancelling_says_what_is_true() -> None:
    cancelled = StubbedHttp(intent(status="requires_action"), intent(status="canceled"))
    assert StripeGateway(cancelled).cancel(charge()).kind == Kind.CANCELLED
    too_late = error("invalid_request_error", 400, code="payment_intent_unexpected_state")
    assert StripeGateway(StubbedHttp(intent(), too_late, intent())).cancel(charge()).kind == Kind.SUCCEEDED


def test_a_refund_is_sent_under_its_key_after_looking_for_it() -> None:
    nothing = {"object": "list", "url": "/v1/refunds", "has_more": False, "data": []}
    http = StubbedHttp(intent(), nothing, {"id": "re_1", "object": "refund", "status": "succeeded", "metadata": {"refund": "r1"}})
    assert StripeGateway(http).refund(key="r1", charge=charge(), amount=Decimal("40.00")) == RefundOutcome(reference="re_1")
    assert http.requests[2][2] == {"payment_intent": "pi_1", "amount": "4000", "metadata[refund]": "r1"}
    assert http.requests[2][3]["Idempotency-Key"] == "r1"


def test_a_refund_that_was_made_before_is_not_made_again() -> None:
    made = {"object": "list", "url": "/v1/refunds", "has_more": False,
            "data": [{"id": "re_1", "object": "refund", "status": "succeeded", "metadata": {"refund": "r1"}}]}  # fmt: skip
    http = StubbedHttp(intent(), made)
    assert StripeGateway(http).refund(key="r1", charge=charge(), amount=AMOUNT) == RefundOutcome(reference="re_1")
    assert len(http.requests) == 2


def test_a_refund_that_stripe_refuses_is_refused_for_good() -> None:
    nothing = {"object": "list", "url": "/v1/refunds", "has_more": False, "data": []}
    refused = error("invalid_request_error", 400, code="charge_already_refunded")
    outcome = StripeGateway(StubbedHttp(intent(), nothing, refused)).refund(key="r1", charge=charge(), amount=AMOUNT)
    assert outcome == RefundOutcome(refusal="charge_already_refunded")


def signed(body: dict[str, Any], *, by: str = "whsec_1", at: int | None = None) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(body)
    header = stripe.WebhookSignature.generate_signature_header(raw, by, at or int(time.time()))
    return raw.encode(), {"Stripe-Signature": header}


def event(thing: dict[str, Any], kind: str = "payment_intent.succeeded") -> dict[str, Any]:
    return {"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}


def test_a_signed_event_says_about_what() -> None:
    message = StripeGateway(StubbedHttp()).parse_webhook(*signed(event(intent())))
    assert message == Message("evt_1", "payment_intent.succeeded", key=KEY, reference="pi_1")


def test_a_failed_refund_needs_a_person() -> None:
    refund = {"id": "re_1", "object": "refund", "payment_intent": "pi_1", "metadata": {}}
    message = StripeGateway(StubbedHttp()).parse_webhook(*signed(event(refund, "refund.failed")))
    assert message == Message("evt_1", "refund.failed", reference="pi_1", needs_a_person=True)


def test_an_event_of_no_interest_is_none() -> None:
    assert StripeGateway(StubbedHttp()).parse_webhook(*signed(event({"id": "cus_1", "object": "customer"}))) is None


@pytest.mark.parametrize("secret", ["whsec_1", ""])
def test_refuses_what_is_not_signed_by_stripe(settings: Any, secret: str) -> None:
    settings.STRIPE_WEBHOOK_SECRET = secret
    gateway = StripeGateway(StubbedHttp())
    raw, _ = signed(event(intent()))
    forged, stale = signed(event(intent()), by="whsec_2"), signed(event(intent()), at=int(time.time()) - 3600)
    for body, headers in [forged, stale, (raw, {}), (raw, {"Stripe-Signature": "t=x"}), (b"\xff\xfe", forged[1])]:
        with pytest.raises(BadSignature):
            gateway.parse_webhook(body, headers)


def test_its_book_holds_our_charges_and_every_refund_that_was_made() -> None:
    made = 1_763_000_000
    foreign = intent(id="pi_2", metadata={}, created=made)
    nothing_taken = intent(id="pi_3", status="canceled", amount_received=0, created=made)
    of_ours = {"id": "re_1", "object": "refund", "status": "succeeded", "amount": 4000, "payment_intent": "pi_1", "created": made}
    by_hand = {**of_ours, "id": "re_2", "metadata": {}}
    failed = {**of_ours, "id": "re_3", "status": "failed", "metadata": {"refund": "k"}}
    http = StubbedHttp(
        {"object": "list", "url": "/v1/payment_intents", "has_more": True, "data": [intent(created=made), foreign]},
        {"object": "list", "url": "/v1/payment_intents", "has_more": False, "data": [nothing_taken]},
        {"object": "list", "url": "/v1/refunds", "has_more": False, "data": [{**of_ours, "metadata": {"refund": "k"}}, by_hand, failed]},
    )
    at = datetime.fromtimestamp(made, tz=UTC)
    book = StripeGateway(http).book_since(at)
    assert book.charges == [BookedCharge(KEY, "pi_1", AMOUNT, at)]
    assert book.refunds == [
        BookedRefund("k", "re_1", "pi_1", Decimal("40.00"), at),
        BookedRefund("", "re_2", "pi_1", Decimal("40.00"), at),
    ]
    assert [(path, sent["created[gte]"]) for _, path, sent, _ in http.requests] == [
        ("/v1/payment_intents", str(made)), ("/v1/payment_intents", str(made)), ("/v1/refunds", str(made)),
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["whsec_1", "whsec_2"])
def test_while_one_secret_follows_the_other_both_are_believed(settings: Any, by: str) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_2, whsec_1"
    assert StripeGateway(StubbedHttp()).parse_webhook(*signed(event(intent()), by=by)) is not None
    with pytest.raises(BadSignature):
        StripeGateway(StubbedHttp()).parse_webhook(*signed(event(intent()), by="whsec_2, whsec_1"))
