"""What must always hold of deliveries (T1, T2 and A1 of the promise); each check names the rows for which it does not."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Cast, Coalesce, Concat, Lag

from aqad.audit.models import Event
from deliveries.models import Delivery, DeliveryStep
from deliveries.statuses import ORDER_WHILE, TRANSITIONS, DeliveryStatus
from orders.models import Order
from orders.statuses import OrderStatus
from payments.models import CashCollection
from payments.statuses import Method, PaymentStatus

MONEY_TAKEN = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


def steps_are_allowed() -> list[str]:
    """Each delivery begins assigned, goes only where the table allows, stands where its last step left it, and its order with it."""
    return [*_steps_out_of_order(), *_states_apart_from_steps(), *_orders_apart_from_deliveries()]


def delivered_is_earned() -> list[str]:
    """What was delivered was accepted, assigned, received by somebody, and paid or collected; what is completed was delivered."""
    return [*_delivered_without(), *_completed_without_delivery()]


def steps_are_on_record() -> list[str]:
    """Each step has exactly one event."""
    reference = Concat(Value(Delivery.PREFIX), Cast("delivery", CharField()), output_field=CharField())
    verb = Concat(Value("deliveries."), F("status"), output_field=CharField())
    recorded = Event.objects.filter(subject=OuterRef("reference"), verb=OuterRef("verb")).order_by().values("subject").values(n=Count("*"))
    counted = (
        DeliveryStep.objects.order_by()
        .annotate(reference=reference, verb=verb)
        .values("reference", "verb")
        .annotate(steps=Count("pk"), events=Coalesce(Subquery(recorded), 0))
    )
    return [f"{row['reference']}: {row['steps']} x {row['verb']}, {row['events']} on record" for row in counted.exclude(steps=F("events"))]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "T1 deliveries' steps are allowed": steps_are_allowed,
    "T2 delivered is earned": delivered_is_earned,
    "A1 deliveries' steps are on record": steps_are_on_record,
}


def _steps_out_of_order() -> list[str]:
    allowed = Q(before="", status=DeliveryStatus.ASSIGNED)
    for before, following in TRANSITIONS.items():
        allowed |= Q(before=before, status__in=following)
    in_sequence = DeliveryStep.objects.annotate(before=Window(Lag("status", default=Value("")), partition_by=F("delivery"), order_by="pk"))
    wrong = in_sequence.exclude(allowed).order_by("pk").values_list("delivery", "before", "status")
    return [f"{Delivery.PREFIX}{delivery}: {before or 'nothing'} was followed by {status}" for delivery, before, status in wrong]


def _states_apart_from_steps() -> list[str]:
    later = DeliveryStep.objects.filter(delivery=OuterRef("delivery"), pk__gt=OuterRef("pk"))
    last_is_so = DeliveryStep.objects.filter(~Exists(later), delivery=OuterRef("pk"), status=OuterRef("status"))
    return [f"{delivery}: is {delivery.status}, its last step says otherwise" for delivery in Delivery.objects.filter(~Exists(last_is_so))]


def _orders_apart_from_deliveries() -> list[str]:
    together = Q(status=DeliveryStatus.CANCELLED)
    for status, orders in ORDER_WHILE.items():
        together |= Q(status=status, order__status__in=orders)
    apart = Delivery.objects.exclude(together).select_related("order")
    return [f"{delivery}: is {delivery.status}, {delivery.order} is {delivery.order.status}" for delivery in apart]


def _delivered_without() -> list[str]:
    order_reference = Concat(Value(Order.PREFIX), Cast("order_id", CharField()), output_field=CharField())
    cash = CashCollection.objects.filter(
        payment=OuterRef("order__payment"), part=OuterRef("order_reference"), amount=OuterRef("order__total")
    )
    delivered = Delivery.objects.filter(status=DeliveryStatus.DELIVERED).annotate(
        order_reference=order_reference,
        was_accepted=Exists(Event.objects.filter(subject=OuterRef("order_reference"), verb="orders.accepted")),
        was_assigned=Exists(DeliveryStep.objects.filter(delivery=OuterRef("pk"), status=DeliveryStatus.ASSIGNED)),
        cash_was_collected=Exists(cash),
    )
    missing = {
        "accepted": Q(was_accepted=False),
        "assigned": Q(was_assigned=False),
        "received by anybody": Q(recipient_name=""),
        "paid": ~Q(order__payment__status__in=MONEY_TAKEN) & ~Q(order__payment__method=Method.CASH_ON_DELIVERY),
        "paid in cash": Q(order__payment__method=Method.CASH_ON_DELIVERY, cash_was_collected=False),
    }
    return [f"{delivery}: delivered, but never {what}" for what, lacks in missing.items() for delivery in delivered.filter(lacks)]


def _completed_without_delivery() -> list[str]:
    delivered = Delivery.objects.filter(order=OuterRef("pk"), status=DeliveryStatus.DELIVERED)
    return [f"{order}: completed without a delivery" for order in Order.objects.filter(~Exists(delivered), status=OrderStatus.COMPLETED)]
