"""Named questions about partners and deliveries."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from aqad.accounts.models import User
from aqad.accounts.statuses import CompanyKind, CompanyStatus, Position
from aqad.core.actor import Actor
from deliveries.models import Delivery, DeliveryPartner
from deliveries.statuses import CARRIED, OPEN, DeliveryStatus
from orders.models import Order
from orders.statuses import OrderStatus


def visible_to(actor: Actor) -> QuerySet[Delivery]:
    """A dispatcher sees the partner's, a driver the own ones, vendor and retailer those of their orders, staff all."""
    if actor.is_staff or actor.is_system:
        return Delivery.objects.all()
    if actor.role == CompanyKind.DELIVERY:
        find, values = carried_by(actor)
        return find(*values)
    if actor.role == CompanyKind.VENDOR:
        return Delivery.objects.filter(order__vendor__company=actor.company, order__released_at__isnull=False)
    if actor.role == CompanyKind.RETAILER:
        return Delivery.objects.filter(order__retailer__company=actor.company)
    return Delivery.objects.none()


def carried_by(actor: Actor) -> tuple[Callable[..., QuerySet[Delivery]], tuple[int | None, ...]]:
    """How a partner's person finds deliveries, `of_partner` or `of_driver`, and with which values."""
    if actor.position == Position.DISPATCHER:
        return of_partner, (actor.company_id,)
    return of_driver, (actor.company_id, actor.user_id)


def of_partner(company_id: int | None) -> QuerySet[Delivery]:
    return Delivery.objects.filter(partner__company=company_id)


def of_driver(company_id: int | None, user_id: int | None) -> QuerySet[Delivery]:
    """Those that the driver carries for this partner."""
    return of_partner(company_id).filter(driver=user_id)


def in_full(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With everything that is shown of a delivery, in a constant number of queries."""
    return deliveries.select_related(
        "order__payment", "order__vendor__company", "order__retailer__company", "partner__company", "driver"
    ).prefetch_related("steps", "order__lines")


def partners_in_full() -> QuerySet[DeliveryPartner]:
    """With company and people."""
    return DeliveryPartner.objects.select_related("company").prefetch_related("company__memberships__user")


def drivers_of(company_id: int) -> QuerySet[User]:
    """The people who may be sent out for a partner."""
    return User.objects.filter(is_active=True, membership__company_id=company_id, membership__role=Position.DRIVER)


def least_busy_partner_serving(emirate: str) -> DeliveryPartner | None:
    """The active partner that serves the emirate and has the fewest open deliveries; the oldest of several."""
    by_load = (
        DeliveryPartner.objects.filter(company__status=CompanyStatus.ACTIVE)
        .annotate(open_deliveries=Count("deliveries", filter=Q(deliveries__status__in=OPEN)))
        .order_by("open_deliveries", "pk")
    )
    # Partners are few, and SQLite cannot look into a JSON list.
    return next((partner for partner in by_load if partner.serves(emirate)), None)


def carried_by_suspended() -> QuerySet[Delivery]:
    """What a partner carries that has been shut out since: none of its people can report it any more."""
    return Delivery.objects.filter(status__in=CARRIED, partner__company__status=CompanyStatus.SUSPENDED)


def orders_to_assign() -> QuerySet[Order]:
    """Packed orders that no partner has."""
    given = Delivery.objects.filter(order=OuterRef("pk")).exclude(status=DeliveryStatus.CANCELLED)
    return Order.objects.filter(~Exists(given), status=OrderStatus.READY)
