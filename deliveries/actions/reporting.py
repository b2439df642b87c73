"""What driver and dispatcher report from the road, and what becomes of order and money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aqad.accounts.statuses import CompanyKind
from aqad.audit.actions import record
from aqad.core import files, money
from aqad.core.actor import Actor
from aqad.core.errors import FieldErrors, Forbidden, Invalid, InvalidTransition, NotFound
from aqad.core.fields import REASON_LENGTH
from aqad.core.uploads import Checked
from deliveries.actions.moving import lock_delivery, move
from deliveries.errors import NotReady
from deliveries.models import Delivery
from deliveries.querysets import carried_by_suspended
from deliveries.statuses import REPORTABLE, TRANSITIONS, DeliveryStatus
from orders.actions import life
from orders.actions.locking import lock_order
from orders.models import Order
from orders.statuses import OrderStatus
from payments.actions.cash import collect_cash
from payments.statuses import Method

OrderMove = Callable[..., object]
# (delivery before, step) → what becomes of the order; where nothing stands here, the order stays as it is.
ORDER_MOVES: dict[tuple[str, str], OrderMove] = {
    (DeliveryStatus.ASSIGNED, DeliveryStatus.PICKED_UP): life.mark_picked_up,
    (DeliveryStatus.PICKED_UP, DeliveryStatus.OUT_FOR_DELIVERY): life.mark_out_for_delivery,
    (DeliveryStatus.PICKED_UP, DeliveryStatus.RETURNED): life.mark_returned,
    (DeliveryStatus.OUT_FOR_DELIVERY, DeliveryStatus.DELIVERED): life.mark_completed,
    (DeliveryStatus.OUT_FOR_DELIVERY, DeliveryStatus.RETURNED): life.mark_returned,
    (DeliveryStatus.ATTEMPT_FAILED, DeliveryStatus.RETURNED): life.mark_returned,
}


@dataclass(frozen=True, slots=True)
class Report:
    """One step as it was reported. `photo` is the name of a stored file; `cash_collected` is in AED."""

    status: DeliveryStatus
    note: str = ""
    recipient_name: str = ""
    photo: str = ""
    photo_type: str = ""
    cash_collected: Decimal | None = None


def prepare(body: dict[str, Any]) -> Report:
    """The report that a door has read, its photo stored under a random name, before any transaction. Raises Unavailable."""
    fields = dict(body)
    photo: Checked | None = fields.pop("proof", None)
    kept: dict[str, Any] = {} if photo is None else {"photo": files.store(photo, folder="proofs"), "photo_type": photo.content_type}
    return Report(status=DeliveryStatus(fields.pop("status")), **fields, **kept)


def reportable(delivery: Delivery, *, actor: Actor) -> frozenset[str]:
    """The steps that the actor may report of a delivery as it stands."""
    if actor.role != CompanyKind.DELIVERY:
        return frozenset()
    steps = TRANSITIONS[delivery.status] & frozenset(REPORTABLE)
    return steps if delivery.order.status == OrderStatus.READY else steps - {DeliveryStatus.PICKED_UP}


@transaction.atomic
def report(delivery: Delivery, step: Report, *, actor: Actor) -> Delivery:
    """Take the next step; the order follows, cash is booked, the proof is kept.

    Raises NotFound (not, or no longer, the actor's), Invalid on what the step lacks, InvalidTransition, NotReady.
    """
    order = lock_order(delivery.order_id)
    locked = lock_delivery(delivery, actor=actor)
    locked.order = order
    _check(step, order)
    before = locked.status
    if step.status not in TRANSITIONS[before]:
        raise InvalidTransition(status=before)
    if step.status == DeliveryStatus.PICKED_UP and order.status != OrderStatus.READY:
        raise NotReady(status=order.status)
    if step.status == DeliveryStatus.DELIVERED:
        _hand_over(locked, step, actor)
    else:
        move(locked, step.status, note=step.note, actor=actor)
    follow = ORDER_MOVES.get((before, step.status))
    if follow is not None:
        follow(order, actor=actor, **({"reason": step.note[:REASON_LENGTH]} if step.status == DeliveryStatus.RETURNED else {}))
    return locked


@transaction.atomic
def report_for_suspended(delivery: Delivery, step: Report, *, actor: Actor) -> Delivery:
    """Take the next step of what a suspended partner carries, as staff who say in the note how they know: on record it is theirs.

    Raises Forbidden for all but staff, InvalidTransition for any other delivery, Invalid without a note, and what `report` raises.
    """
    if not actor.is_staff:
        raise Forbidden
    if not carried_by_suspended().filter(pk=delivery.pk).exists():
        raise InvalidTransition(_("Staff report only what a suspended partner carries."), status=delivery.status)
    if not step.note:
        raise Invalid({"note": [_("Say in the note how you know.")]})
    return report(delivery, step, actor=actor)


@transaction.atomic
def note_proof_viewed(delivery: Delivery, *, actor: Actor) -> None:
    """Put on record who looked at the photo of a delivery. Raises NotFound when there is none."""
    if not delivery.proof:
        raise NotFound
    record("deliveries.proof_viewed", delivery, actor, about=delivery.order)


def _check(step: Report, order: Order) -> None:
    """The report must be complete, and bear nothing that its step has no place for. Raises Invalid."""
    wrong: FieldErrors = {}
    if step.status not in REPORTABLE:
        wrong["status"] = [_("This step is not reported; it happens by itself.")]
    if step.status == DeliveryStatus.ATTEMPT_FAILED and not step.note:
        wrong["note"] = [_("Say in a note why the delivery failed.")]
    if step.status == DeliveryStatus.DELIVERED:
        if not step.recipient_name:
            wrong["recipient_name"] = [_("Write down who received the goods.")]
        wrong.update(_check_cash(step, order))
    else:
        given = {"recipient_name": step.recipient_name, "proof": step.photo, "cash_collected": step.cash_collected is not None}
        wrong.update({name: [_("This belongs to the step delivered only.")] for name, value in given.items() if value})
    if wrong:
        raise Invalid(wrong)


def _check_cash(step: Report, order: Order) -> FieldErrors:
    due = order.total if order.payment.method == Method.CASH_ON_DELIVERY else money.ZERO
    if step.cash_collected == due or (step.cash_collected is None and not due):
        return {}
    if not due:
        return {"cash_collected": [_("This order is paid by card; take no cash.")]}
    return {"cash_collected": [_("Collect exactly %(due)s AED in cash.") % {"due": money.text(due)}]}


def _hand_over(delivery: Delivery, step: Report, actor: Actor) -> None:
    """Save the proof with the state; book the cash of an order that is paid at the door."""
    order, cash = delivery.order, step.cash_collected
    delivery.recipient_name = step.recipient_name
    delivery.proof, delivery.proof_content_type = step.photo, step.photo_type
    pays_cash = order.payment.method == Method.CASH_ON_DELIVERY
    delivery.cash_collected = cash if pays_cash else None
    facts = {"cash_collected": money.text(order.total)} if pays_cash else {}
    proof = ("recipient_name", "proof", "proof_content_type", "cash_collected")
    move(delivery, DeliveryStatus.DELIVERED, note=step.note, actor=actor, changed=proof, with_photo=bool(step.photo), **facts)
    if pays_cash:
        collect_cash(order.payment, part=order.reference, amount=order.total, actor=actor)
