"""The demo's six weeks of trade: each step of the plan becomes the action that its person would have called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from aqad.core.idempotency import Answer, Claim
from aqad.dashboard.demo import cast, catalogue, history
from aqad.retailers.models import Address
from catalog.actions import stock
from catalog.models import Product
from deliveries.actions import assigning, reporting
from deliveries.statuses import DeliveryStatus
from orders.actions import cart, life, placing
from payments.actions import paying, refunding
from payments.actions.owing import lock_payment
from payments.statuses import Method

if TYPE_CHECKING:
    from aqad.dashboard.demo.seeding import World

Timed = tuple[datetime, Callable[[], None]]


def trading(world: World, plan: history.Plan) -> Iterator[Timed]:
    """Every event of the plan in its order. Orders of one basket are placed and paid together, by the first of them."""
    baskets: dict[int, list[history.DemoOrder]] = {}
    for order in plan.orders:
        baskets.setdefault(order.basket or -order.number, []).append(order)
    for event in plan.timeline:
        if event.stock is not None:
            yield event.at, partial(_count_stock, world, event.stock)
        elif event.order is not None and event.step is not None:
            together = baskets[event.order.basket or -event.order.number]
            if event.step.verb in TOGETHER and event.order is not together[0]:
                continue
            if event.step.verb == "placed":
                yield event.at, partial(_place, world, together)
            else:
                yield event.at, partial(STEPS[event.step.verb], world, event.order, event.step)


def _count_stock(world: World, change: history.DemoStockChange) -> None:
    product = Product.objects.get(pk=world.products[change.sku])
    owner = cast.VENDOR_BY_KEY[catalogue.by_sku()[change.sku].vendor]
    stock.adjust(product, change=change.change, reason=change.reason, actor=world.actor(owner.email))


def _place(world: World, together: list[history.DemoOrder]) -> None:
    first = together[0]
    actor = world.actor(first.steps[0].actor)
    address = Address.objects.select_related("retailer").get(retailer__company=actor.company, label=first.address)
    terms = placing.Terms(address.pk, first.method, first.notes)
    if len(together) == 1:
        wanted = [placing.Wanted(world.products[sku], quantity) for sku, quantity in first.lines]
        [world.orders[first.number]] = placing.place_order(wanted, terms, actor=actor).orders
        return
    for order in together:
        for sku, quantity in order.lines:
            cart.put_in(address.retailer, Product.objects.get(pk=world.products[sku]), quantity)
    placed = {order.vendor.company_id: order for order in placing.check_out(terms, actor=actor).orders}
    for order in together:
        world.orders[order.number] = placed[world.companies[order.vendor].pk]


def _pay(world: World, order: history.DemoOrder, step: history.Step) -> None:
    """With the token that the plan chose; the other orders of a basket are paid with the first."""
    paying.confirm(
        world.orders[order.number].payment_id,
        token=order.token,
        actor=world.actor(step.actor),
        claim=lambda: Claim(None),
        render=lambda paid: Answer(paying.http_status(paid)),
    )


def _accept(world: World, order: history.DemoOrder, step: history.Step) -> None:
    life.accept(world.orders[order.number].pk, actor=world.actor(step.actor))


def _reject(world: World, order: history.DemoOrder, step: history.Step) -> None:
    life.reject(world.orders[order.number].pk, reason=step.text, actor=world.actor(step.actor))


def _cancel(world: World, order: history.DemoOrder, step: history.Step) -> None:
    life.cancel(world.orders[order.number].pk, reason=step.text, actor=world.actor(step.actor))


def _make_ready(world: World, order: history.DemoOrder, step: history.Step) -> None:
    life.make_ready(world.orders[order.number].pk, actor=world.actor(step.actor))


def _assign(world: World, order: history.DemoOrder, step: history.Step) -> None:
    world.deliveries[order.number] = assigning.assign(
        world.orders[order.number], partner=world.partners[order.partner], driver=order.driver or None, actor=world.actor(step.actor)
    )


def _report(status: DeliveryStatus) -> Callable[[World, history.DemoOrder, history.Step], None]:
    def report(world: World, order: history.DemoOrder, step: history.Step) -> None:
        delivered = status == DeliveryStatus.DELIVERED
        cash = world.orders[order.number].total if delivered and order.method == Method.CASH_ON_DELIVERY.value else None
        said = reporting.Report(
            status, note="" if delivered else step.text, recipient_name=step.text if delivered else "", cash_collected=cash
        )
        reporting.report(world.deliveries[order.number], said, actor=world.actor(step.actor))

    return report


def _refund(world: World, order: history.DemoOrder, step: history.Step) -> None:
    with transaction.atomic():
        payment = lock_payment(world.orders[order.number].payment_id)
        refunding.request_refund(payment, amount=step.amount or order.subtotal, part="", reason=step.text, actor=world.actor(step.actor))


TOGETHER = {"placed", "paid", "declined"}
"""What is done for a whole basket, by its first order."""

STEPS: dict[str, Callable[[World, history.DemoOrder, history.Step], None]] = {
    "paid": _pay,
    "declined": _pay,
    "accepted": _accept,
    "rejected": _reject,
    "cancelled": _cancel,
    "ready": _make_ready,
    "assigned": _assign,
    "picked_up": _report(DeliveryStatus.PICKED_UP),
    "out_for_delivery": _report(DeliveryStatus.OUT_FOR_DELIVERY),
    "attempt_failed": _report(DeliveryStatus.ATTEMPT_FAILED),
    "delivered": _report(DeliveryStatus.DELIVERED),
    "returned": _report(DeliveryStatus.RETURNED),
    "refunded": _refund,
}
