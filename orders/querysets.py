"""Questions to carts and orders. Whoever asks for a person starts from `visible_to(actor)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company
from aqad.audit.models import Event
from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from aqad.core.pagination import FirstPage, Listed
from aqad.core.periods import read_period
from aqad.core.prepared import Prepared
from aqad.core.queries import Query
from aqad.retailers.models import Retailer
from catalog.models import Product
from catalog.querysets import products_on_sale
from orders.models import CartItem, Order, OrderLine
from orders.statuses import OrderStatus
from vendors.models import Vendor

IN_QUEUE = (OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.READY)
MOST_IN_QUEUE = 50  # orders of one state that the vendor's worklist shows

# What an order's history shows: its own steps, and from its delivery what changes no state of the order.
STEPS = (
    "orders.placed",
    "orders.paid",
    "orders.accepted",
    "orders.rejected",
    "orders.ready",
    "orders.picked_up",
    "orders.out_for_delivery",
    "orders.completed",
    "orders.returned",
    "orders.failed",
    "orders.cancelled",
    "deliveries.assigned",
    "deliveries.reassigned",
    "deliveries.attempt_failed",
)

# What a retailer means to buy, in the order in which it was put there, with all that prices it.
items_in_cart = Prepared(
    lambda retailer_id: (
        CartItem.objects.filter(cart=retailer_id).select_related("product__vendor__company", "product__stock").order_by("added_at", "pk")
    )
)
order_with_payment = Prepared(lambda order_id: Order.objects.filter(pk=order_id).select_related("payment"))
orders_of_payment = Prepared(lambda payment_id: Order.objects.filter(payment=payment_id).select_related("payment").order_by("pk"))
lines_of = Prepared(lambda orders: OrderLine.objects.filter(order__in=orders))
deliveries_of = Prepared(lambda orders: _deliveries().filter(order__in=orders))
carriers_of = Prepared(lambda orders: _deliveries().filter(order__in=orders).select_related("partner__company", "driver"))
what_to_pack = Prepared(
    lambda orders: (
        OrderLine.objects.filter(order__in=orders).order_by("pk").values("order_id", "name", "pack_size", "quantity", sku=F("product__sku"))
    )
)
# A vendor's orders in each state of its queue, those that have waited longest; and how many there are. The company stands in a subquery of
# its own, so that one plan is as good for a large vendor as for a small one.
waiting_longest = {
    state: Prepared(
        lambda company_id, state=state: (
            orders_of_vendor(company_id).filter(status=state).select_related("payment").order_by("released_at", "pk")[:MOST_IN_QUEUE]
        )
    )
    for state in IN_QUEUE
}
in_queue_counted = Prepared(
    lambda company_id: orders_of_vendor(company_id).filter(status__in=IN_QUEUE).order_by().values("status").annotate(number=Count("*"))
)


def _deliveries() -> QuerySet[Any]:
    """They are of a later part: here only the relation is known."""
    model: Any = Order._meta.get_field("deliveries").related_model
    rows: QuerySet[Any] = model.objects.all()
    return rows


def visible_to(actor: Actor) -> QuerySet[Order]:
    """A retailer's own; a vendor's own from the moment they became its to see; all for AQAD's staff and the platform."""
    if actor.is_staff or actor.is_system:
        return Order.objects.all()
    return OWN_ORDERS[actor.role](actor.company) if actor.role in OWN_ORDERS else Order.objects.none()


def orders_of_retailer(company: Company | int | None) -> QuerySet[Order]:
    # By a scalar subquery: joined, the planner takes every shop for a small one, reads all that a large one ever ordered and sorts it.
    return Order.objects.filter(retailer=Retailer.objects.filter(company=company).values("pk")[:1])


def orders_of_vendor(company: Company | int | None) -> QuerySet[Order]:
    """Those that it may see: from the moment they were released to it."""
    return Order.objects.filter(vendor=Vendor.objects.filter(company=company).values("pk")[:1], released_at__isnull=False)


OWN_ORDERS: Mapping[str, Callable[[Company | int | None], QuerySet[Order]]] = {"retailer": orders_of_retailer, "vendor": orders_of_vendor}


def by_order(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    """Lines or deliveries, objects or values, by the number of their order; none where there are none."""
    found = defaultdict[int, list[Any]](list)
    for row in rows:
        found[row["order_id"] if isinstance(row, Mapping) else row.order_id].append(row)
    return found


def matching(orders: QuerySet[Order], query: Query) -> QuerySet[Order]:
    """Those in the asked `status` that were placed between `from` and `to`. Raises Invalid for what cannot be asked."""
    status = query.get("status")
    if status is not None and status not in OrderStatus.values:
        raise Invalid({"status": [_("Unknown status; it must be one of %(known)s.") % {"known": ", ".join(OrderStatus.values)}]})
    found = orders.filter(**read_period(query).lookups("created_at"))
    return found if status is None else found.filter(status=status)


def newest(actor: Actor, query: Query, dressed: Callable[[QuerySet[Order]], QuerySet[Order]]) -> QuerySet[Order] | Listed:
    """The orders that the actor may see and asks for, with what `dressed` adds to them. Raises Invalid for what cannot be asked."""
    status = query.get("status")
    if actor.role in OWN_ORDERS and query.keys() <= {"status"} and (status is None or status in OrderStatus.values):
        return _first_page(actor.role, status, dressed).of(actor.company_id)
    return dressed(matching(visible_to(actor), query))


@cache
def _first_page(role: str, status: str | None, dressed: Callable[[QuerySet[Order]], QuerySet[Order]]) -> FirstPage:
    states = {} if status is None else {"status": status}
    return FirstPage(lambda company_id: dressed(OWN_ORDERS[role](company_id).filter(**states)))


def with_payment(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("payment")


def with_line_count(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With the number of products in each order as `line_count`."""
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return orders.annotate(line_count=Subquery(lines.annotate(number=Count("pk")).values("number")))


def with_everything_shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with all that their answer holds, in a constant number of queries."""
    return orders.select_related("payment").prefetch_related("lines", "deliveries")


def history_of(order: Order) -> QuerySet[Event]:
    """The order's steps, oldest first."""
    return Event.objects.filter(Q(subject=order.reference) | Q(about=order.reference), verb__in=STEPS).order_by("pk")


def products_to_take_out(retailer: Retailer) -> QuerySet[Product]:
    """What the retailer's cart may hold: anything on sale, and what was put there before it went off sale."""
    in_cart = CartItem.objects.filter(cart__retailer=retailer).values("product")
    return Product.objects.filter(pk__in=in_cart) | products_on_sale()


def unpaid_of(retailer: Retailer) -> QuerySet[Order]:
    """Card orders that hold stock and wait for their money."""
    return Order.objects.filter(retailer=retailer, status=OrderStatus.PENDING_PAYMENT)


def unpaid_past(moment: datetime) -> QuerySet[Order]:
    """Orders whose time to pay is over."""
    return Order.objects.filter(status=OrderStatus.PENDING_PAYMENT, payment__pay_by__lte=moment)


def unaccepted_past(moment: datetime) -> QuerySet[Order]:
    """Orders that no vendor took in time."""
    return Order.objects.filter(status=OrderStatus.PENDING, accept_by__lte=moment)


def to_remind_of(accept_by: datetime) -> QuerySet[Order]:
    """Orders that wait for their vendor, are to be accepted by then, and of which it was not reminded yet."""
    return Order.objects.filter(status=OrderStatus.PENDING, accept_by__lte=accept_by, reminded_at=None)
