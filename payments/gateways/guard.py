"""Around every call to a bank: no open transaction, a circuit breaker, retries with backoff, and an outcome instead of an error."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

import structlog

from aqad.core import metrics
from aqad.core.breaker import Breaker
from aqad.core.transactions import outside_transaction
from aqad.core.turns import turns
from payments.gateways.base import Book, Charge, Gateway, Kind, Message, NoAnswer, Order, Outcome, RefundOutcome

log = structlog.get_logger(__name__)
T = TypeVar("T")
FAILURES_TO_OPEN = 3
SECONDS_OPEN = 10.0
PAUSES = (0.1, 0.3)  # seconds between the tries of a question


class GuardedGateway:
    """The gateway as actions see it: it never raises NoAnswer, and never runs inside a transaction."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.breaker = Breaker(seconds=SECONDS_OPEN)
        self.failures = 0

    @property
    def name(self) -> str:
        return self.gateway.name

    def knows(self, token: str) -> bool:
        return self.gateway.knows(token)

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Message | None:
        return self.gateway.parse_webhook(raw, headers)

    @property
    def is_away(self) -> bool:
        """Its last calls all failed; nobody waits for it until a moment has passed."""
        return self.breaker.is_open

    def charge(self, order: Order) -> Outcome:
        """Tried once: after a time-out the reconciler asks, since only the bank knows whether the first try took the money."""
        return self._outcome("charge", lambda: self.gateway.charge(order), pauses=())

    def retrieve(self, charge: Charge) -> Outcome:
        return self._outcome("retrieve", lambda: self.gateway.retrieve(charge))

    def seek(self, charges: Sequence[Charge]) -> list[Charge]:
        """None of them when there was no answer."""
        if all(charge.reference for charge in charges):
            return list(charges)
        return self._call("seek", lambda: self.gateway.seek(charges), PAUSES) or []

    def cancel(self, charge: Charge) -> Outcome:
        return self._outcome("cancel", lambda: self.gateway.cancel(charge))

    def refund(self, *, key: str, charge: Charge, amount: Decimal) -> RefundOutcome:
        ask = partial(self.gateway.refund, key=key, charge=charge, amount=amount)
        answer = self._call("refund", ask, PAUSES)
        if answer is not None:
            self._count("refund", "refused" if answer.refusal else "done" if answer.reference else "unknown")
        return answer or RefundOutcome()

    def book_since(self, moment: datetime) -> Book | None:
        """None when there was no answer."""
        return self._call("book_since", lambda: self.gateway.book_since(moment), PAUSES)

    def _outcome(self, call: str, ask: Callable[[], Outcome], pauses: tuple[float, ...] = PAUSES) -> Outcome:
        answer = self._call(call, ask, pauses)
        if answer is not None:
            self._count(call, answer.kind)
        return answer or Outcome(Kind.UNKNOWN)

    def _call(self, call: str, ask: Callable[[], T], pauses: tuple[float, ...]) -> T | None:
        """None when there was no answer."""
        outside_transaction()
        for pause in (*pauses, None):
            if self.breaker.is_open:
                self._count(call, "not_asked")
                return None
            try:
                with turns.lent(), metrics.GATEWAY_SECONDS.labels(self.name, call).time():
                    answer = ask()
            except NoAnswer as error:
                self._count(call, "no_answer")
                self._note(error)
            else:
                self.failures = 0
                return answer
            if pause is not None:
                time.sleep(pause)
        return None

    def _count(self, call: str, outcome: str) -> None:
        metrics.GATEWAY_ANSWERS.labels(self.name, call, outcome).inc()

    def _note(self, error: NoAnswer) -> None:
        log.warning("gateway_no_answer", gateway=self.name, why=str(error))
        if not error.is_away:
            return
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.failures = 0
            self.breaker.trip()
