"""An order's story for people: what happened, whose turn it is, what is still ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aqad.audit.models import Event
from aqad.core.errors import Words
from aqad.retailers.models import Retailer
from orders.models import Order
from orders.statuses import OrderStatus
from payments.statuses import Method
from vendors.models import Vendor

HAPPENED: dict[str, Words] = {
    "placed": gettext_lazy("Placed"),
    "paid": gettext_lazy("Paid"),
    "accepted": gettext_lazy("Accepted"),
    "rejected": gettext_lazy("Rejected"),
    "ready": gettext_lazy("Packed and ready"),
    "assigned": gettext_lazy("Given to a carrier"),
    "reassigned": gettext_lazy("Given to another driver or carrier"),
    "picked_up": gettext_lazy("Picked up"),
    "out_for_delivery": gettext_lazy("Out for delivery"),
    "attempt_failed": gettext_lazy("Could not be handed over"),
    "completed": gettext_lazy("Delivered"),
    "returned": gettext_lazy("Returned to the vendor"),
    "failed": gettext_lazy("Payment failed"),
    "cancelled": gettext_lazy("Cancelled"),
}
WENT_WRONG = frozenset({"rejected", "attempt_failed", "returned", "failed", "cancelled"})
# The way of an order that meets no trouble, and what each state on it is called while it is ahead.
AHEAD: dict[str, Words] = {
    OrderStatus.PENDING_PAYMENT: "",
    OrderStatus.PENDING: gettext_lazy("Payment"),
    OrderStatus.PROCESSING: gettext_lazy("The vendor accepts it"),
    OrderStatus.READY: gettext_lazy("The goods are packed"),
    OrderStatus.PICKED_UP: gettext_lazy("A driver picks them up"),
    OrderStatus.OUT_FOR_DELIVERY: gettext_lazy("On the way"),
    OrderStatus.COMPLETED: gettext_lazy("Delivered"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened at a time, by somebody, or (without a time) that is still ahead."""

    title: Words
    at: datetime | None = None
    who: str = ""
    is_bad: bool = False


def timeline(order: Order, events: Iterable[Event]) -> list[Step]:
    happened = [Step(HAPPENED[event.short_verb], event.at, _who(order, event.actor), event.short_verb in WENT_WRONG) for event in events]
    return [*happened, *_ahead(order.status)]


def whose_turn(order: Order, *, role: str) -> str:
    """What happens next, and by whom, as the reader's side sees it."""
    is_vendor, vendor = role == "vendor", order.vendor_name
    match order.status:
        case OrderStatus.PENDING_PAYMENT:
            return _("It is to be paid by %(time)s. Until then the goods are reserved.") % {"time": _moment(order.payment.pay_by)}
        case OrderStatus.PENDING if is_vendor:
            return _("Please accept or reject it by %(time)s; afterwards it is cancelled by itself.") % {"time": _moment(order.accept_by)}
        case OrderStatus.PENDING:
            return _("%(vendor)s has until %(time)s to accept it.") % {"vendor": vendor, "time": _moment(order.accept_by)}
        case OrderStatus.PROCESSING if is_vendor:
            return _("Pack the goods, then say that they are ready.")
        case OrderStatus.PROCESSING:
            return _("%(vendor)s is packing the goods.") % {"vendor": vendor}
        case OrderStatus.READY:
            return _("The goods wait for a driver.")
        case OrderStatus.PICKED_UP:
            return _("The driver has the goods.")
        case OrderStatus.OUT_FOR_DELIVERY if role == "retailer" and order.payment.method == Method.CASH_ON_DELIVERY:
            return _("The driver is on the way to you and takes AED %(total)s in cash.") % {"total": order.total}
        case OrderStatus.OUT_FOR_DELIVERY:
            return _("The driver is on the way.")
    return ""


def _ahead(status: str) -> Iterator[Step]:
    way = list(AHEAD)
    if status in AHEAD:
        yield from (Step(AHEAD[later]) for later in way[way.index(status) + 1 :])


def _who(order: Order, actor: str) -> str:
    """`Vendor V1001` → its name; the platform and its staff are AQAD."""
    if actor.startswith(("System", "Staff")):
        return "AQAD"
    reference = actor.rpartition(" ")[2]
    names = {f"{Vendor.PREFIX}{order.vendor_id}": order.vendor_name, f"{Retailer.PREFIX}{order.retailer_id}": order.retailer_name}
    return names.get(reference, actor)


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "H:i, j F") if at else ""
