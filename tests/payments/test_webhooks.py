"""The gateway's messages: signed or refused, in any order, any number of times, and believed only as a hint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.conf import settings as django_settings
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.core import clock
from payments.actions import receiving
from payments.gateways import sandbox, signing
from payments.gateways.base import Charge, Kind, Message, Outcome
from payments.gateways.sandbox import SIGNATURE_HEADER, SandboxGateway
from payments.models import BankWebhook, GatewayMessage, Payment
from tests.cast import Person
from tests.payments.given import RECONCILER, attempt_of, charge_of, confirm, owed

pytestmark = pytest.mark.embedded
DOOR = "/api/payments/webhooks/sandbox"


def body(payment: Payment, *, message: str = "msg_1", kind: str = "charge.succeeded") -> bytes:
    return orjson.dumps({"id": message, "kind": kind, "charge": charge_of(payment).reference, "key": str(attempt_of(payment).pk)})


def post(raw: bytes, *, signature: str | None = None, at: int | None = None) -> Any:
    moment = int(clock.now().timestamp()) if at is None else at
    signed = signing.sign(raw, secret=django_settings.SANDBOX_WEBHOOK_SECRET, at=moment) if signature is None else signature
    return APIClient().post(DOOR, raw, content_type="application/json", headers={SIGNATURE_HEADER: signed})


def state(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


@pytest.mark.parametrize("token", ["tok_timeout", "tok_late"])
def test_a_message_settles_what_was_not_answered(
    retailer: Person, token: str, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    payment = owed(retailer)
    confirm(payment, token, retailer)
    with clock.living_at(clock.now() + sandbox.LATE_AFTER), django_capture_on_commit_callbacks(execute=True):
        answer = post(body(payment))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert state(payment) == "paid"
    assert GatewayMessage.objects.get().handled_at is not None
    assert Event.objects.filter(verb="payments.webhook_received", subject=payment.reference).count() == 1


def test_a_repeated_message_is_taken_once(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    assert [post(body(payment)).status_code for _ in range(3)] == [200, 200, 200]
    message = GatewayMessage.objects.get()
    for _ in range(3):
        assert receiving.handle(message.pk, actor=RECONCILER)
    assert state(payment) == "paid"
    assert Event.objects.filter(verb="payments.paid").count() == 1


def test_a_message_before_the_answer_settles_and_the_answer_then_changes_nothing(retailer: Person, bank: Any) -> None:
    def answer_after_the_message() -> Outcome:
        kept = receiving.receive("scripted", Message("m1", "charge.succeeded", key=str(attempt_of(payment).pk)), actor=RECONCILER)
        receiving.handle(kept.pk, actor=RECONCILER)
        assert state(payment) == "paid"
        return taken

    payment = owed(retailer)
    taken = Outcome(Kind.SUCCEEDED, reference="ch_1", amount=payment.amount)
    bank(answer_after_the_message, taken)
    assert confirm(payment, "card_1", retailer).answer.status == 200
    assert Event.objects.filter(verb="payments.paid").count() == 1


def test_messages_out_of_order_end_at_what_is_true(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    sandbox.decide(charge_of(payment).reference, approve=True)
    for number, kind in enumerate(["charge.succeeded", "charge.requires_action", "charge.declined"]):
        post(body(payment, message=f"m{number}", kind=kind))
    for message in GatewayMessage.objects.order_by("-pk"):
        receiving.handle(message.pk, actor=RECONCILER)
    assert state(payment) == "paid"


def test_a_lie_about_a_success_is_not_believed(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    post(body(payment))
    receiving.handle(GatewayMessage.objects.get().pk, actor=RECONCILER)
    assert state(payment) == "requires_action"


def test_while_one_secret_follows_the_other_both_are_believed(retailer: Person, settings: Any) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    raw, now = body(payment), int(clock.now().timestamp())
    old, both = "an-old-secret", "a-new-secret, an-old-secret"
    settings.SANDBOX_WEBHOOK_SECRET = both
    assert signing.sign(raw, secret=both, at=now) == signing.sign(raw, secret="a-new-secret", at=now)
    assert post(raw).status_code == 200
    assert post(raw, signature=signing.sign(raw, secret=old, at=now)).status_code == 200
    assert post(raw, signature=signing.sign(raw, secret="another-secret", at=now)).status_code == 400


@pytest.mark.parametrize(
    "signature", ["", "nonsense", "t=1,v1=" + "0" * 64, "t=99999999999999,v1=x", "t=1732187000,v1=" + "é" * 64], ids=range(5)
)
def test_refuses_a_forged_message(retailer: Person, signature: str) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    answer = post(body(payment), signature=signature.encode("utf-8").decode("latin-1"))
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert not GatewayMessage.objects.exists()
    assert state(payment) == "processing"


def test_refuses_a_changed_body(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    raw = body(payment)
    signature = signing.sign(raw, secret=django_settings.SANDBOX_WEBHOOK_SECRET, at=int(clock.now().timestamp()))
    assert post(raw + b" ", signature=signature).status_code == 400
    assert not GatewayMessage.objects.exists()


@pytest.mark.parametrize("minutes", [-6, 6])
def test_refuses_a_stale_message(retailer: Person, minutes: int) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    at = int((clock.now() + timedelta(minutes=minutes)).timestamp())
    assert post(body(payment), at=at).status_code == 400
    assert not GatewayMessage.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"no json", b'{"id": 1}', b"\xff\xfe"])
def test_a_signed_message_that_says_nothing_is_taken_and_forgotten(db: None, raw: bytes) -> None:
    assert post(raw).status_code == 200
    assert not GatewayMessage.objects.exists()


def test_a_message_about_nothing_of_ours_is_taken(db: None) -> None:
    raw = orjson.dumps({"id": "m1", "kind": "charge.succeeded", "charge": "ch_elsewhere", "key": "not-ours"})
    assert post(raw).status_code == 200
    assert receiving.handle(GatewayMessage.objects.get().pk, actor=RECONCILER)
    assert GatewayMessage.objects.get().handled_at is not None


def test_an_unknown_gateway_is_not_found_and_an_unconfigured_one_cannot_sign(db: None) -> None:
    assert APIClient().post("/api/payments/webhooks/dreamt", {}).status_code == 404
    assert APIClient().post("/api/payments/webhooks/stripe", {}, headers={"Stripe-Signature": "t=1,v1=0"}).status_code == 400


def test_a_stale_token_does_not_lock_the_gateway_out(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    raw = body(payment)
    signature = signing.sign(raw, secret=django_settings.SANDBOX_WEBHOOK_SECRET, at=int(clock.now().timestamp()))
    headers = {SIGNATURE_HEADER: signature, "Authorization": "Bearer stale"}
    assert APIClient().post(DOOR, raw, content_type="application/json", headers=headers).status_code == 200


def test_the_sweep_handles_what_a_lost_task_left_over(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_timeout", retailer)
    post(body(payment))
    assert receiving.handle_left_over() == 0
    with clock.living_at(clock.now() + timedelta(seconds=30)):
        assert receiving.handle_left_over() == 1
    assert state(payment) == "paid"


def test_a_message_waits_while_the_bank_does_not_say_what_is_true(retailer: Person, bank: Any) -> None:
    bank()
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    kept = receiving.receive("scripted", Message("m1", "charge.succeeded", key=str(attempt_of(payment).pk)), actor=RECONCILER)
    assert not receiving.handle(kept.pk, actor=RECONCILER)
    kept.refresh_from_db()
    assert kept.handled_at is None


def test_trouble_that_no_program_can_mend_goes_to_staff(retailer: Person, bank: Any) -> None:
    bank()
    payment = owed(retailer)
    confirm(payment, "card_1", retailer)
    message = Message("m1", "refund.failed", key=str(attempt_of(payment).pk), needs_a_person=True)
    receiving.receive("scripted", message, actor=RECONCILER)
    receiving.receive("scripted", message, actor=RECONCILER)
    assert Event.objects.filter(verb="payments.money_alert", subject=payment.reference).count() == 1


def test_the_bank_puts_a_message_into_its_outbox_with_every_decision(retailer: Person) -> None:
    payment = owed(retailer)
    confirm(payment, "tok_3ds", retailer)
    charge = charge_of(payment)
    SandboxGateway().cancel(Charge(charge.key, "", clock.now()))
    kinds = list(BankWebhook.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["charge.requires_action", "charge.cancelled"]


def test_the_bank_reads_its_own_messages_back(db: None) -> None:
    gateway = SandboxGateway()
    raw = orjson.dumps({"id": "m1", "kind": "charge.succeeded", "charge": "ch_1", "key": "k"})
    header = signing.sign(raw, secret=django_settings.SANDBOX_WEBHOOK_SECRET, at=int(clock.now().timestamp()))
    message = gateway.parse_webhook(raw, {SIGNATURE_HEADER: header})
    assert message == Message("m1", "charge.succeeded", key="k", reference="ch_1")
