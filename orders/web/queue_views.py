"""The vendor's worklist: what to accept, what to prepare, what waits for its driver; steps for one order or for several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rest_framework import serializers
from rest_framework.request import Request

from aqad.core import clock, pagination
from aqad.core.bodies import ReasonBody
from aqad.core.errors import InvalidTransition, Refusal
from aqad.core.fields import StrictSerializer
from aqad.core.handler import as_refusal
from aqad.core.idempotency import REPLAYED, Answer
from aqad.core.views import find
from aqad.core.web import Page
from orders.actions import life
from orders.models import Order
from orders.querysets import MOST_IN_QUEUE, by_order, carriers_of, in_queue_counted, visible_to, waiting_longest, what_to_pack
from orders.statuses import OrderStatus

log = structlog.get_logger(__name__)
DONE, DONE_BEFORE = "done", "done before"
NAMED = 2  # products that a row names before it counts the rest


@dataclass(frozen=True, slots=True)
class Step:
    """What a vendor does with an order of its queue, one of them or several."""

    do: Callable[..., Order]
    leads_to: str
    label: Promise
    label_several: Promise

    def done_in_words(self, references: list[str]) -> str:
        """What was done, as a toast says it."""
        words = {"number": len(references), "orders": ", ".join(references)}
        if self.leads_to == OrderStatus.PROCESSING:
            return ngettext("%(orders)s is accepted.", "%(number)s orders are accepted: %(orders)s.", len(references)) % words
        return ngettext("%(orders)s is ready for pick-up.", "%(number)s orders are ready for pick-up: %(orders)s.", len(references)) % words


STEPS = {
    "accept": Step(life.accept, OrderStatus.PROCESSING, gettext_lazy("Accept"), gettext_lazy("Accept selected")),
    "ready": Step(life.make_ready, OrderStatus.READY, gettext_lazy("Ready"), gettext_lazy("Ready selected")),
}
# The forms outside of the list that its buttons and boxes belong to: by id, with their step.
FORMS = [(f"{code}-{scope}", code) for code in STEPS for scope in ("one", "several")]
# State, heading, the step that takes an order out of it, and what to say when there is none.
SECTIONS = (
    (OrderStatus.PENDING, gettext_lazy("To accept"), "accept", gettext_lazy("Nothing waits. A new order appears here by itself.")),
    (OrderStatus.PROCESSING, gettext_lazy("To prepare"), "ready", gettext_lazy("What you accept comes here until it is packed.")),
    (OrderStatus.READY, gettext_lazy("Waiting for pick-up"), "", gettext_lazy("What is packed comes here until the driver takes it.")),
)


class SeveralSteps(StrictSerializer):
    step = serializers.ChoiceField(choices=list(STEPS))
    orders = serializers.ListField(child=serializers.CharField(max_length=24), allow_empty=False, max_length=MOST_IN_QUEUE)


@dataclass(frozen=True, slots=True)
class Row:
    """An order of the queue with what is said of it at a glance."""

    order: Order
    lines: list[dict[str, Any]]
    deliveries: list[Any]
    now: datetime

    @property
    def units(self) -> int:
        return sum(line["quantity"] for line in self.lines)

    @property
    def named(self) -> str:
        return ", ".join(line["name"] for line in self.lines[:NAMED])

    @property
    def others(self) -> int:
        return max(0, len(self.lines) - NAMED)

    @property
    def is_overdue(self) -> bool:
        return self.order.accept_by is not None and self.order.accept_by <= self.now


class QueuePage(Page):
    roles = {"*": ("vendor",)}

    def queue(self, request: Request) -> HttpResponse:
        pagination.refuse_unknown(request.query_params, (), paged=False)
        return self.show("orders/queue.html", sections=self._sections(), forms=FORMS)

    def now(self, request: Request) -> HttpResponse:
        """The sections alone, asked for again and again."""
        return self.show_live("orders/_queue.html", sections=self._sections())

    def take_steps(self, request: Request) -> HttpResponseBase:
        """Accept orders or make them ready, each once and in a transaction of its own: one that cannot be done stops no other."""
        if "orders" not in self.sent:
            self.say(_("Select at least one order first."), good=False)
            return self._back()
        return self.attempt(self._take_steps, otherwise=self._say_why_not)

    def ask_why(self, request: Request, reference: str) -> HttpResponse:
        return self.show("orders/reject.html", order=self._find(reference))

    def reject(self, request: Request, reference: str) -> HttpResponseBase:
        order = self._find(reference)
        return self.attempt(
            lambda: self._reject(order),
            otherwise=lambda refusal: self.show_again("orders/reject.html", refusal, order=order),
        )

    def _sections(self) -> list[dict[str, Any]]:
        states = [state for state, *_others in SECTIONS]
        counted = {row["status"]: row["number"] for row in in_queue_counted.all(self.actor.company_id)}
        rows = self._rows(states)
        return [
            {
                "state": state.value,
                "title": title,
                "code": code,
                "step": STEPS.get(code),
                "empty": empty,
                "count": counted.get(state, 0),
                "rows": rows[state],
            }
            for state, title, code, empty in SECTIONS
        ]

    def _rows(self, states: Sequence[OrderStatus]) -> dict[OrderStatus, list[Row]]:
        """What each section shows, in five questions whatever waits."""
        waiting = {state: waiting_longest[state].all(self.actor.company_id) for state in states}
        lines = by_order(what_to_pack.all([order.pk for orders in waiting.values() for order in orders]))
        carriers = by_order(carriers_of.all([order.pk for order in waiting[OrderStatus.READY]]))
        now = clock.now()
        return {state: [Row(order, lines[order.pk], carriers[order.pk], now) for order in orders] for state, orders in waiting.items()}

    def _take_steps(self) -> HttpResponse:
        body = self.read_form(SeveralSteps)
        outcomes = {reference: self._take(body["step"], reference) for reference in dict.fromkeys(body["orders"])}
        done = [reference for reference, outcome in outcomes.items() if outcome is DONE]
        if done:
            self.say(STEPS[body["step"]].done_in_words(done))
        for reference, outcome in outcomes.items():
            if outcome is DONE_BEFORE:
                self.say(_("%(order)s was done already.") % {"order": reference})
            elif isinstance(outcome, Refusal):
                why = str(outcome.message)
                self.say(_("Not done: %(why)s") % {"why": why if reference in why else f"{reference}: {why}"}, good=False)
        return self._back()

    def _take(self, code: str, reference: str) -> Refusal | str:
        """Do it for one order: DONE, DONE_BEFORE, or why not."""
        step = STEPS[code]
        try:
            order = self._find(reference)

            def work() -> Answer:
                step.do(order.pk, actor=self.actor)
                return Answer(200)

            answer = self.once(work, part=f"{code} {order.reference}")
        except Exception as error:
            refusal = as_refusal(error)
            if refusal is None:
                log.exception("order_step_failed", order=reference)
                return Refusal(_("Something went wrong on our side."))
            was_done = isinstance(refusal, InvalidTransition) and refusal.facts["status"] == step.leads_to
            return DONE_BEFORE if was_done else refusal
        return DONE_BEFORE if REPLAYED in answer.headers else DONE

    def _say_why_not(self, refusal: Refusal) -> HttpResponse:
        self.say(refusal.message, good=False)
        return self._back()

    def _reject(self, order: Order) -> HttpResponse:
        reason = self.read_form(ReasonBody)["reason"]

        def work() -> Answer:
            life.reject(order.pk, reason=reason, actor=self.actor)
            return Answer(200)

        self.once(work)
        self.say(_("%(order)s is rejected. The shop reads your reason.") % {"order": order.reference})
        return self._back()

    def _find(self, reference: str) -> Order:
        order: Order = find(visible_to(self.actor).select_related("payment"), Order.PREFIX, reference)
        return order

    def _back(self) -> HttpResponse:
        return self.go_back(reverse("orders:queue"))
