"""Orders as pages: the list, one order that moves by itself, and its papers to print."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from aqad.core import periods
from aqad.core.actor import Actor
from aqad.core.errors import Invalid, Refusal
from aqad.core.handler import describe
from aqad.core.references import number_of
from aqad.core.views import find
from aqad.core.web import Page
from orders.api.serializers import address_for, delivery_of
from orders.api.views import READERS
from orders.models import Order
from orders.querysets import history_of, newest, visible_to, with_everything_shown, with_line_count
from orders.statuses import BEFORE_ACCEPTANCE, ENDS, PHONES_SHOWN, TRANSITIONS, OrderStatus
from orders.web.timeline import timeline, whose_turn

FILTERS = ("status", *periods.NAMES, "search")
# From its acceptance on an order has goods that papers go with.
WITH_PAPERS = PHONES_SHOWN | {OrderStatus.PROCESSING}
# A vendor never sees these.
BEFORE_RELEASE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.FAILED})


class OrdersPage(Page):
    roles = {"*": READERS}

    def list(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._list, otherwise=self._again)

    def _list(self) -> HttpResponse:
        asked = {name: str(value) for name, value in self.request.query_params.items() if value}
        found = newest(self.actor, asked, with_line_count)
        if (search := asked.get("search", "").strip()) and isinstance(found, QuerySet):
            found = found.filter(pk=_searched(search))
        page = self.rows(found, filters=FILTERS)
        return self.show("orders/orders.html", **page, **self._filters(), is_filtered=bool(asked.keys() & set(FILTERS)))

    def _again(self, refusal: Refusal) -> HttpResponse:
        wrong = refusal.errors if isinstance(refusal, Invalid) else {}
        status = describe(refusal)[0]
        return self.show("orders/orders.html", status=status, refusal=refusal, errors=wrong, is_filtered=True, **self._filters())

    def _filters(self) -> dict[str, Any]:
        states = [state for state in OrderStatus if self.actor.role != "vendor" or state not in BEFORE_RELEASE]
        return {"typed": self.request.query_params, "states": [("", _("All")), *((state.value, state.label) for state in states)]}


class OrderPage(Page):
    roles = {"*": READERS, "packing_slip": ("vendor",)}

    def retrieve(self, request: Request, reference: str) -> HttpResponse:
        order = self._find(reference)
        return self.show("orders/order.html", **self._facts(order), **self._story(order))

    def live(self, request: Request, reference: str) -> HttpResponse:
        order = self._find(reference)
        return self.show_live("orders/_order_state.html", order=order, delivery=delivery_of(order.deliveries.all()), **self._story(order))

    def packing_slip(self, request: Request, reference: str) -> HttpResponse:
        return self.show("orders/packing_slip.html", **self._facts(self._find(reference)))

    def delivery_note(self, request: Request, reference: str) -> HttpResponse:
        return self.show("orders/delivery_note.html", **self._facts(self._find(reference)))

    def _facts(self, order: Order) -> dict[str, Any]:
        lines = sorted(order.lines.all(), key=lambda line: line.pk)
        units = sum(line.quantity for line in lines)
        return {
            "order": order,
            "lines": lines,
            "units": units,
            "address": address_for(order, self.actor),
            "delivery": delivery_of(order.deliveries.all()),
        }

    def _story(self, order: Order) -> dict[str, Any]:
        return {
            "steps": timeline(order, history_of(order)),
            "turn": whose_turn(order, role=self.actor.role),
            "may": steps_open_to(self.actor, order),
            "has_papers": order.status in WITH_PAPERS,
            "is_ended": order.status in ENDS,
        }

    def _find(self, reference: str) -> Order:
        order: Order = find(with_everything_shown(visible_to(self.actor)), Order.PREFIX, reference)
        return order


def steps_open_to(actor: Actor, order: Order) -> frozenset[str]:
    """The buttons that this person has for the order as it stands."""
    following = TRANSITIONS[order.status]
    offered = {
        "retailer": {
            "pay": order.status == OrderStatus.PENDING_PAYMENT,
            "cancel": order.status in BEFORE_ACCEPTANCE,
            "reorder": True,
        },
        "vendor": {
            "accept": OrderStatus.PROCESSING in following,
            "reject": OrderStatus.REJECTED in following,
            "ready": OrderStatus.READY in following,
        },
    }
    return frozenset(name for name, is_open in offered.get(actor.role, {}).items() if is_open)


def _searched(text: str) -> int:
    """The number of the order that is asked for. Raises Invalid."""
    number = number_of(text, Order.PREFIX)
    if number is None:
        raise Invalid({"search": [_("Write an order's number, such as ORD1001.")]})
    return number
