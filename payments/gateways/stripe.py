"""Stripe by its official SDK: PaymentIntents confirmed by the server, 3-D Secure by redirect. Amounts go out in fils (1/100 AED).

The shapes are those of https://docs.stripe.com/api/payment_intents. A charge that found nobody is repeated by the SDK under the same
idempotency key; questions are repeated by the guard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

import stripe
import structlog
from django.conf import settings

from aqad.core import money
from payments.gateways.base import (
    BadSignature,
    Book,
    BookedCharge,
    BookedRefund,
    Charge,
    Gateway,
    Kind,
    Message,
    NoAnswer,
    Order,
    Outcome,
    RefundOutcome,
)
from payments.gateways.signing import secrets_of

log = structlog.get_logger(__name__)
SIGNATURE_HEADER = "Stripe-Signature"
SECONDS_TO_WAIT = (3.0, 8.0)  # to connect, to answer
RETRIES_OF_A_CHARGE = 1
# What Stripe's form makes of a card today, and the payment methods of other clients (docs/decisions/confirmation-tokens.md).
TOKEN_PARAMETERS = {"ctoken": "confirmation_token", "pm": "payment_method"}
TOKEN_FORM = re.compile(rf"({'|'.join(TOKEN_PARAMETERS)})_[A-Za-z0-9_]{{1,120}}", re.ASCII)
# Where an intent may be found by our key when its reference was lost with the answer, and how many are looked through: while somebody
# waits for one, and when a worker looks for many together (200 calls).
AROUND = timedelta(minutes=15)
MOST_SEEN, MOST_SOUGHT = 1000, 20_000
KINDS = {
    "succeeded": Kind.SUCCEEDED,
    "requires_action": Kind.REQUIRES_ACTION,
    "requires_payment_method": Kind.DECLINED,
    "canceled": Kind.CANCELLED,
}
FAILED_REFUNDS = frozenset({"failed", "canceled"})
REFUND_TROUBLE = frozenset({"refund.failed", "charge.dispute.created"})


class StripeGateway(Gateway):
    name = "stripe"

    def __init__(self, http_client: Any = None) -> None:
        self.client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            http_client=http_client or stripe.RequestsClient(timeout=SECONDS_TO_WAIT),
            base_addresses={"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None,
            max_network_retries=0,
        )

    def knows(self, token: str) -> bool:
        return TOKEN_FORM.fullmatch(token) is not None

    def charge(self, order: Order) -> Outcome:
        token = TOKEN_PARAMETERS[order.token.partition("_")[0]]
        params = {
            "amount": _fils(order.amount),
            "currency": money.CURRENCY.lower(),
            token: order.token,
            "payment_method_types": ["card"],
            "confirm": True,
            "use_stripe_sdk": False,  # a confirmation token says otherwise; our payers approve on the bank's page, by redirect
            "description": order.description,
            "return_url": order.return_url,
            "metadata": {"attempt": order.key},
        }
        options = {"idempotency_key": order.key, "max_network_retries": RETRIES_OF_A_CHARGE}
        try:
            intent = _ask(lambda: self.client.v1.payment_intents.create(params=params, options=options))
        except stripe.CardError as error:
            return _declined(error)
        except stripe.InvalidRequestError as error:
            log.warning("stripe_refused_request", code=error.code, param=error.param)
            if error.param == token:
                return Outcome(Kind.UNUSABLE)
            return Outcome(Kind.NOT_FOUND)
        return _outcome(intent)

    def retrieve(self, charge: Charge) -> Outcome:
        intent = self._find(charge)
        return Outcome(Kind.NOT_FOUND) if intent is None else _outcome(intent)

    def seek(self, charges: Sequence[Charge]) -> list[Charge]:
        """After an outage hundreds are lost within minutes: their time is looked through once, not once for each."""
        known = [charge for charge in charges if charge.reference]
        for together in _close_in_time(charge for charge in charges if not charge.reference):
            found, is_all = self._made_around(together, most=MOST_SOUGHT)
            for charge in together:
                if charge.key in found:
                    known.append(replace(charge, reference=found[charge.key]["id"]))
                elif is_all:
                    known.append(replace(charge, is_sought=True))
        return known

    def cancel(self, charge: Charge) -> Outcome:
        intent = self._find(charge)
        if intent is None:
            return Outcome(Kind.NOT_FOUND)
        try:
            return _outcome(_ask(lambda: self.client.v1.payment_intents.cancel(intent["id"])))
        except stripe.InvalidRequestError:  # too late: it is decided already
            return self.retrieve(Charge(charge.key, intent["id"], charge.asked_at))

    def refund(self, *, key: str, charge: Charge, amount: Decimal) -> RefundOutcome:
        intent = self._find(charge)
        if intent is None:
            return RefundOutcome(refusal="charge_not_found")
        # Stripe forgets idempotency keys after a day, so that an old refund is looked for before it is sent again.
        made = _ask(lambda: self.client.v1.refunds.list(params={"payment_intent": intent["id"], "limit": 100}))
        before = next((refund for refund in _plain(made)["data"] if refund["metadata"].get("refund") == key), None)
        if before is not None:
            return _refund_outcome(before)
        params = {"payment_intent": intent["id"], "amount": _fils(amount), "metadata": {"refund": key}}
        try:
            return _refund_outcome(_plain(_ask(lambda: self.client.v1.refunds.create(params=params, options={"idempotency_key": key}))))
        except stripe.InvalidRequestError as error:
            return RefundOutcome(refusal=error.code or "invalid_request")

    def book_since(self, moment: datetime) -> Book:
        """Intents that bear no key of ours are another system's on the same account, and so are their refunds."""
        since = {"created": {"gte": int(moment.timestamp())}, "limit": 100}
        intents = _ask(lambda: [_plain(one) for one in self.client.v1.payment_intents.list(params=since).auto_paging_iter()])
        refunds = _ask(lambda: [_plain(one) for one in self.client.v1.refunds.list(params=since).auto_paging_iter()])
        return Book(
            [
                BookedCharge(one["metadata"]["attempt"], one["id"], _aed(one["amount_received"]), _at(one))
                for one in intents
                if one.get("amount_received") and one["metadata"].get("attempt")
            ],
            [
                BookedRefund(one["metadata"].get("refund", ""), one["id"], one.get("payment_intent") or "", _aed(one["amount"]), _at(one))
                for one in refunds
                if one["status"] not in FAILED_REFUNDS
            ],
        )

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Message | None:
        event = self._verified(raw, headers.get(SIGNATURE_HEADER))
        if event is None:
            return None
        thing = event.get("data", {}).get("object", {})
        if "id" not in event or thing.get("object") not in {"payment_intent", "refund", "dispute"}:
            return None
        is_intent = thing["object"] == "payment_intent"
        return Message(
            message_id=event["id"],
            kind=event.get("type", "")[:60],
            key=(thing.get("metadata") or {}).get("attempt", "") if is_intent else "",
            reference=thing["id"] if is_intent else thing.get("payment_intent") or "",
            needs_a_person=event.get("type") in REFUND_TROUBLE,
        )

    def _verified(self, raw: bytes, signature: str | None) -> dict[str, Any] | None:
        """The event, when one of our secrets signed it; None when its bytes are no event. Raises BadSignature."""
        wrong: Exception | None = None
        for secret in secrets_of(settings.STRIPE_WEBHOOK_SECRET):
            try:
                return _plain(self.client.construct_event(raw, signature, secret))
            except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
                wrong = error
            except ValueError:
                return None
        raise BadSignature("wrong signature") from wrong

    def _find(self, charge: Charge) -> dict[str, Any] | None:
        """The intent by its reference, or by our key among those made around the same time."""
        if charge.reference:
            try:
                return _plain(_ask(lambda: self.client.v1.payment_intents.retrieve(charge.reference)))
            except stripe.InvalidRequestError:
                return None
        if charge.is_sought:
            return None
        found, is_all = self._made_around([charge], most=MOST_SEEN)
        if not found and not is_all:
            raise NoAnswer("too many intents to look through", is_away=False)
        return found.get(charge.key)

    def _made_around(self, charges: Sequence[Charge], *, most: int) -> tuple[dict[str, dict[str, Any]], bool]:
        """The intents of these charges by our keys, and whether all that were made around them were looked through (a list is current,
        a search is not)."""
        window = {
            "gte": int((min(charge.asked_at for charge in charges) - AROUND).timestamp()),
            "lte": int((max(charge.asked_at for charge in charges) + AROUND).timestamp()),
        }
        wanted, found = {charge.key for charge in charges}, dict[str, dict[str, Any]]()

        def look() -> bool:
            intents = self.client.v1.payment_intents.list(params={"created": window, "limit": 100})
            for number, intent in enumerate(intents.auto_paging_iter(), 1):
                key = (plain := _plain(intent))["metadata"].get("attempt")
                if key in wanted:
                    found[key] = plain
                if len(found) == len(wanted):
                    return True
                if number >= most:
                    log.warning("stripe_too_many_intents", looked_through=number, wanted=len(wanted), found=len(found))
                    return False
            return True

        return found, _ask(look)


def _ask(call: Callable[[], Any]) -> Any:
    """What Stripe answers. Its refusals pass through; whatever leaves open what it did becomes NoAnswer."""
    try:
        return call()
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        raise NoAnswer(f"{type(error).__name__} {error.http_status or ''}".strip()) from error


def _close_in_time(charges: Iterable[Charge]) -> Iterator[list[Charge]]:
    """Those of them together between which nothing is that would be looked through for neither."""
    together: list[Charge] = []
    for charge in sorted(charges, key=attrgetter("asked_at")):
        if together and charge.asked_at - together[-1].asked_at > 2 * AROUND:
            yield together
            together = []
        together.append(charge)
    if together:
        yield together


def _outcome(intent: Any) -> Outcome:
    plain = _plain(intent)
    kind = KINDS.get(plain["status"], Kind.PROCESSING)
    refusal = plain.get("last_payment_error") or {}
    redirect = (plain.get("next_action") or {}).get("redirect_to_url") or {}
    return Outcome(
        kind,
        reference=plain["id"],
        amount=_aed(plain.get("amount_received") or 0) if kind == Kind.SUCCEEDED else money.ZERO,
        decline_code=_code(refusal) if kind == Kind.DECLINED else "",
        redirect_url=redirect.get("url") or "",
    )


def _declined(error: stripe.CardError) -> Outcome:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    refusal = body.get("error") or {}
    return Outcome(Kind.DECLINED, reference=(refusal.get("payment_intent") or {}).get("id", ""), decline_code=_code(refusal))


def _code(refusal: Mapping[str, Any]) -> str:
    return str(refusal.get("decline_code") or refusal.get("code") or "card_declined")[:60]


def _refund_outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    if refund["status"] in FAILED_REFUNDS:
        return RefundOutcome(refusal=str(refund.get("failure_reason") or refund["status"]))
    return RefundOutcome(reference=refund["id"])


def _plain(thing: Any) -> dict[str, Any]:
    return thing if isinstance(thing, dict) and type(thing) is dict else thing.to_dict()


def _at(thing: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(thing["created"], tz=UTC)


def _fils(amount: Decimal) -> int:
    return int(amount * 100)


def _aed(fils: int) -> Decimal:
    return money.aed(Decimal(fils) / 100)
