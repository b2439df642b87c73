"""Who carries an order: assigned by staff or by itself, changed before pick-up, taken away when the order ends."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import Company, User
from aqad.accounts.statuses import CompanyStatus, Position
from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Forbidden, Invalid, InvalidTransition
from deliveries.actions.moving import lock_delivery, move
from deliveries.errors import AlreadyAssigned
from deliveries.models import Delivery, DeliveryPartner, DeliveryStep
from deliveries.querysets import drivers_of, least_busy_partner_serving
from deliveries.statuses import ASSIGNABLE, DeliveryStatus
from orders.actions.locking import lock_order
from orders.models import Order


@dataclass(frozen=True, slots=True)
class Reassignment:
    """What is to change. `driver` is an e-mail, or None for nobody; `changes_driver` tells that from leaving the driver alone."""

    partner: DeliveryPartner | None = None
    driver: str | None = None
    changes_driver: bool = False


@transaction.atomic
def assign(order: Order, *, partner: DeliveryPartner, driver: str | None, actor: Actor) -> Delivery:
    """Give an order that is being prepared or ready to a partner, and to one of its drivers (an e-mail) if one is named.

    Raises Invalid on `partner` or `driver`, InvalidTransition, AlreadyAssigned.
    """
    locked = lock_order(order.pk)
    _check_partner(partner, locked)
    person = _driver_of(partner, driver)
    if locked.status not in ASSIGNABLE:
        raise InvalidTransition(_("Only an order that is being prepared or ready can be given to a partner."), status=locked.status)
    under_way = _live_delivery(locked)
    if under_way is not None:
        raise AlreadyAssigned(delivery=under_way.reference)
    return _open(locked, partner, person, actor)


def assign_automatically(order: Order, *, actor: Actor) -> Delivery | None:
    """Give a locked, ready order to the least busy partner that serves its emirate; None when nobody does, or somebody has it."""
    if _live_delivery(order) is not None:
        return None
    partner = least_busy_partner_serving(_emirate_of(order))
    return None if partner is None else _open(order, partner, None, actor)


@transaction.atomic
def reassign(delivery: Delivery, *, to: Reassignment, actor: Actor) -> Delivery:
    """Another driver, or another partner (then without a driver unless one is named), before pick-up.

    Raises Forbidden for drivers, NotFound, Invalid on `partner` or `driver`, InvalidTransition.
    """
    check_may_reassign(actor)
    locked = lock_delivery(delivery, actor=actor)
    partner = locked.partner if to.partner is None else to.partner
    if partner.pk != locked.partner_id:
        _check_partner(partner, locked.order)
        driver = _driver_of(partner, to.driver)
    else:
        driver = _driver_of(partner, to.driver) if to.changes_driver else locked.driver
    if locked.status != DeliveryStatus.ASSIGNED:
        raise InvalidTransition(_("Partner and driver can be changed before pick-up only."), status=locked.status)
    before = {"partner": locked.partner.reference, "driver": locked.driver_id}
    after = {"partner": partner.reference, "driver": driver.pk if driver else None}
    if before != after:
        locked.partner, locked.driver, locked.updated_at = partner, driver, clock.now()
        locked.save(update_fields=["partner", "driver", "updated_at"])
        record("deliveries.reassigned", locked, actor, about=locked.order, before=before, **after)
    return locked


def cancel_for(order: Order, *, actor: Actor) -> Delivery | None:
    """Cancel what was assigned for a locked order that has ended; None when nothing was."""
    delivery = order.deliveries.select_for_update().filter(status=DeliveryStatus.ASSIGNED).first()
    if delivery is None:
        return None
    move(delivery, DeliveryStatus.CANCELLED, actor=actor)
    return delivery


def check_may_reassign(actor: Actor) -> None:
    """Staff and a partner's dispatcher may. Raises Forbidden."""
    if not (actor.is_staff or actor.position == Position.DISPATCHER):
        raise Forbidden


def _open(order: Order, partner: DeliveryPartner, driver: User | None, actor: Actor) -> Delivery:
    now = clock.now()
    delivery = Delivery.objects.create(order=order, partner=partner, driver=driver, created_at=now, updated_at=now)
    DeliveryStep.objects.create(delivery=delivery, status=delivery.status, at=now)
    driver_id = driver.pk if driver else None
    record("deliveries.assigned", delivery, actor, about=order, partner=partner.reference, driver=driver_id)
    return delivery


def _live_delivery(order: Order) -> Delivery | None:
    return order.deliveries.exclude(status=DeliveryStatus.CANCELLED).first()


def _check_partner(partner: DeliveryPartner, order: Order) -> None:
    if not Company.objects.filter(pk=partner.company_id, status=CompanyStatus.ACTIVE).exists():
        raise Invalid({"partner": [_("This partner is not active.")]})
    emirate = _emirate_of(order)
    if not partner.serves(emirate):
        raise Invalid({"partner": [_("This partner does not serve %(emirate)s.") % {"emirate": emirate}]})


def _emirate_of(order: Order) -> str:
    return str(order.address["emirate"])


def _driver_of(partner: DeliveryPartner, email: str | None) -> User | None:
    if email is None:
        return None
    driver = drivers_of(partner.company_id).filter(email=email).first()
    if driver is None:
        raise Invalid({"driver": [_("This partner has no active driver with this e-mail.")]})
    return driver
