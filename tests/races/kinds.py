"""The races of TRUST.md 2. Each is a function that runs one round on new goods and orders and says what went wrong in it.

`KINDS` names them, with the guard that their control run goes without.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, connections
from django.db.models import Sum

from aqad.accounts import tokens
from aqad.accounts.models import SecondFactor
from aqad.audit.models import Event
from aqad.core import clock, money
from catalog.models import Product, Stock, StockMovement
from orders.actions import expiry
from orders.models import Order
from payments.gateways import signing
from payments.gateways.sandbox import SIGNATURE_HEADER
from payments.models import BankCharge, CashCollection, Payment, PaymentAttempt, Refund
from tests.accounts.given import code, with_second_factor
from tests.factories.people import PASSWORD, TokenFamilyFactory
from tests.proof.checker import undecided, wrong
from tests.proof.recorder import FAIL, OK, Answered, Call
from tests.races.stage import MANY, Stage, new_key, number
from tests.races.unguarded import AT_ONCE
from tests.servers import wait_until
from tests.vendors.given import a_vendor_in

LAST = 10  # units that many want
Round = Callable[[Stage], list[str]]


@dataclass(frozen=True)
class Race:
    """`without` is the guard its control run goes without, `open_to` the constraints that stand behind it and are dropped, too.

    `anywhere`: also a race on SQLite, where there is one writer at a time.
    """

    title: str
    round: Round
    without: str
    open_to: tuple[str, ...] = ()
    anywhere: bool = False


def last_units(stage: Stage) -> list[str]:
    product = stage.product(LAST)
    answers = stage.at_once(stage.order(buyer, (product, 1)) for buyer in stage.buyers)
    sold = acknowledged(answers)
    return [
        *wrong(answers),
        *unless(sold == LAST or (sold < LAST and len(undecided(answers)) >= LAST - sold), f"{sold} of {LAST} sold to {MANY}"),
        *unless(refused_with(answers) <= {"insufficient_stock"}, f"refused with {refused_with(answers)}"),
        *shelf_disagrees(product, sold),
    ]


def last_units_of_two_products(stage: Stage) -> list[str]:
    """Each under a key of its own, half of them naming the products the other way round."""
    products = [stage.product(LAST), stage.product(LAST)]
    ways = (products, products[::-1])
    buyers = enumerate(stage.buyers[:30])
    answers = stage.at_once(stage.order(buyer, *((product, 1) for product in ways[turn % 2]), key=new_key()) for turn, buyer in buyers)
    sold = acknowledged(answers)
    return [
        *wrong(answers),
        *unless(sold == LAST or (sold < LAST and len(undecided(answers)) >= LAST - sold), f"{sold} of {LAST} pairs sold"),
        *unless(refused_with(answers) <= {"insufficient_stock"}, f"refused with {refused_with(answers)}"),
        *(line for product in products for line in shelf_disagrees(product, sold)),
    ]


def same_product_in_several_lines(stage: Stage) -> list[str]:
    """Some ask in two lines for 12 of 10, which each line by itself would not be too much; the others for 7, which one can have."""
    product = stage.product(LAST)
    greedy = [stage.order(buyer, (product, 6), (product, 6)) for buyer in stage.buyers[:8]]
    modest = [stage.order(buyer, (product, 4), (product, 3)) for buyer in stage.buyers[8:16]]
    answers = stage.at_once([*greedy, *modest])
    sold = 12 * acknowledged(answers[:8]) + 7 * acknowledged(answers[8:])
    return [*wrong(answers), *unless(sold == 7, f"{sold} of {LAST} sold in orders of 12 and 7"), *shelf_disagrees(product, sold)]


def double_submit_with_a_key(stage: Stage) -> list[str]:
    product, key = stage.product(1000), new_key()
    call = stage.order(stage.buyer, (product, 1), key=key)
    answers = stage.at_once([call, *(call.again() for _ in range(9))])
    later = stage.send(call.again())
    first = [answered for answered in answers if answered.outcome == OK and not answered.replayed]
    return [
        *wrong([*answers, later]),
        *unless(len(first) == 1, f"{len(first)} of 10 answers with one key are first answers"),
        *unless(refused_with(answers) <= {"idempotency_in_progress"}, f"refused with {refused_with(answers)}"),
        *unless(later.replayed and later.status == 201, f"later answered {later.status}"),
        *shelf_disagrees(product, 1),
    ]


def double_submit_without_a_key(stage: Stage) -> list[str]:
    """The cart is what keeps it to one: whoever comes second finds it empty."""
    product = stage.product(1000)
    stage.get(stage.call("cart", stage.buyer, f"/api/cart/items/{product.reference}", {"quantity": 3}, method="PUT"))
    terms = {"address": stage.addresses[stage.buyer.of.pk], "payment_method": "cash_on_delivery"}
    answers = stage.at_once(stage.call("checkout", stage.buyer, "/api/checkout", terms) for _ in range(6))
    done = acknowledged(answers)
    return [*wrong(answers), *unless(done == 1, f"one cart was checked out {done} times"), *shelf_disagrees(product, 3)]


def pay_twice(stage: Stage) -> list[str]:
    _, payment = stage.placed(stage.buyer, method="card")
    answers = stage.at_once(stage.confirm(stage.buyer, payment) for _ in range(6))
    row = Payment.objects.get(pk=number(payment))
    charges = charges_of(row)
    return [
        *wrong(answers),
        *unless(charges == 1, f"{payment} was charged {charges} times"),
        *unless((row.status, row.amount_paid) == ("paid", row.amount), f"{payment} is {row.status} with {row.amount_paid}"),
    ]


def cancel_against_pay(stage: Stage) -> list[str]:
    order, payment = stage.placed(stage.buyer, method="card")
    answers = stage.at_once([stage.confirm(stage.buyer, payment), stage.verb("cancel", stage.buyer, order)])
    row = Order.objects.select_related("payment").get(pk=number(order))
    keeps = row.payment.amount_paid - row.payment.amount_refunded
    ends = {("pending", row.total), ("cancelled", money.ZERO)}
    return [*wrong(answers), *unless((row.status, keeps) in ends, f"{order} is {row.status}, {keeps} AED of it are kept")]


def accept_against_cancel_against_expiry(stage: Stage) -> list[str]:
    """Expiry runs in a process of its own, as beat and worker do; it has no way to go, so it sets out a little later."""
    order, _ = stage.placed(stage.buyer, method="cash_on_delivery")
    Order.objects.filter(pk=number(order)).update(accept_by=clock.now() - timedelta(minutes=1))
    calls = [stage.verb("accept", stage.seller, order), stage.verb("cancel", stage.buyer, order)]
    answers = stage.at_once(calls, also=[in_a_thread(expire_a_little_later)])
    steps = steps_of(order)
    status = Order.objects.get(pk=number(order)).status
    ended = {"orders.accepted": "processing", "orders.cancelled": "cancelled"}
    return [
        *wrong(answers),
        *unless(len(steps) == 1 and ended[steps[0]] == status, f"{order} is {status} after {steps}"),
    ]


def webhook_before_the_answer(stage: Stage) -> list[str]:
    """The bank's book is held shut, so the attempt is known and its charge is not; then book, answer and messages come at once.

    Among the messages are repeats, one that tells an older state, and three that the bank did not sign.
    """
    _, payment = stage.placed(stage.buyer, method="card")
    with bank_held_shut() as open_the_bank:
        paying = stage.line(stage.confirm(stage.buyer, payment, key=new_key())).open()
        paying.finish()
        attempts = PaymentAttempt.objects.filter(payment=number(payment))
        key = str(wait_until(attempts.first, f"an attempt for {payment}").pk)
        told = message(stage, key, "charge.succeeded")
        older = message(stage, key, "charge.requires_action")
        forged = [message(stage, key, "charge.succeeded", secret="guessed"), message(stage, key, "charge.succeeded", minutes_ago=10)]
        altered = replace(told, body=bytes(told.body).replace(b"succeeded", b"declined!"), operation="", id=new_key())
        calls = [told, *(told.again() for _ in range(4)), older, older.again(), *forged, altered]
        answers = stage.at_once(calls, begun=[paying], last=open_the_bank)
    answers.append(stage.send(told.again()))
    row = Payment.objects.get(pk=number(payment))
    paid = Event.objects.filter(subject=payment, verb="payments.paid").count()
    return [
        *wrong(answers),
        *unless([found.status for found in answers[7:10]] == [400] * 3, f"forged ones got {[found.status for found in answers[7:10]]}"),
        *unless((row.status, row.amount_paid, charges_of(row), paid) == ("paid", row.amount, 1, 1), f"{payment} was paid {paid} times"),
    ]


def two_of_staff_approve_and_reject(stage: Stage) -> list[str]:
    vendor = a_vendor_in("pending").of
    path, (one, other) = f"/api/vendors/{vendor.reference}", stage.staff
    calls = [
        stage.call("approve", one, f"{path}/approve"),
        stage.call("reject", other, f"{path}/reject", {"reason": "Unreadable"}),
        stage.call("approve", other, f"{path}/approve"),
    ]
    answers = stage.at_once(calls)
    won = [answered.call.kind for answered in answers if answered.outcome == OK]
    vendor.company.refresh_from_db()
    standing = {"active": ["approve"], "rejected": ["reject"]}.get(vendor.company.status)
    return [*wrong(answers), *unless(won == standing, f"{vendor.reference} is {vendor.company.status} after {won}")]


def two_drivers_updates(stage: Stage) -> list[str]:
    delivery, cash = stage.on_the_road()
    name = delivery.reference
    calls = [
        stage.step(stage.driver, name, "delivered", recipient_name="Fatima", cash_collected=cash),
        stage.step(stage.dispatcher, name, "delivered", recipient_name="Omar", cash_collected=cash),
        stage.step(stage.dispatcher, name, "attempt_failed", note="Closed"),
    ]
    answers = stage.at_once(calls)
    delivery.refresh_from_db()
    done = acknowledged(answers)
    collected = CashCollection.objects.filter(part=delivery.order.reference).count()
    return [
        *wrong(answers),
        *unless(done == 1, f"{name}: {done} of three steps that exclude each other were taken"),
        *unless(collected == (delivery.status == "delivered"), f"{name} is {delivery.status}, cash was collected {collected} times"),
    ]


def refund_twice(stage: Stage) -> list[str]:
    _, payment = stage.placed(stage.buyer, method="card")
    stage.get(stage.confirm(stage.buyer, payment))
    row = Payment.objects.get(pk=number(payment))
    body = {"amount": str(row.amount), "reason": "Spoilt"}
    answers = stage.at_once(stage.call("refund", stage.staff[turn % 2], f"/api/payments/{payment}/refund", body) for turn in range(6))
    asked = Refund.objects.filter(payment=row).aggregate(sum=Sum("amount"))["sum"]
    return [*wrong(answers), *unless(asked == row.amount, f"{payment}: {asked} of {row.amount} AED are to go back")]


def stocktake_during_orders(stage: Stage) -> list[str]:
    product = stage.product(LAST)
    path = f"/api/products/{product.reference}/stock"
    counts = [
        stage.call("stock", stage.seller, path, {"on_hand": 6, "reason": "stocktake"}),
        stage.call("stock", stage.colleague, path, {"change": -1, "reason": "damaged"}),
        stage.call("stock", stage.seller, path, {"change": -1, "reason": "damaged"}),
    ]
    answers = stage.at_once([*(stage.order(buyer, (product, 1)) for buyer in stage.buyers[:12]), *counts])
    sold, row = acknowledged(answers[:12]), Stock.objects.get(product=product)
    return [
        *wrong(answers),
        *unless(sold <= row.on_hand, f"{sold} sold, {row.on_hand} are there"),
        *unless(refused_with(answers) <= {"insufficient_stock", "conflict"}, f"refused with {refused_with(answers)}"),
        *shelf_disagrees(product, sold),
    ]


def one_refresh_token_twenty_times(stage: Stage) -> list[str]:
    user = stage.buyer.user
    refresh = tokens.issue(user, TokenFamilyFactory(user=user))["refresh"]
    answers = stage.at_once(stage.call("refresh", None, "/api/auth/refresh", {"refresh": refresh}) for _ in range(20))
    found = Counter(answered.status for answered in answers)
    new = [answered.body["refresh"] for answered in answers if answered.outcome == OK]
    after = [stage.send(stage.call("refresh", None, "/api/auth/refresh", {"refresh": one})).status for one in new]
    return [
        *unless(found == {200: 1, 401: 19}, f"one refresh token used twenty times answered {dict(found)}"),
        *unless(after == [200] * len(after), f"what it was exchanged for answers {after}"),
    ]


def one_code_of_a_second_factor(stage: Stage) -> list[str]:
    person = stage.buyer.user
    if not SecondFactor.objects.filter(user=person).exists():
        with_second_factor(person)
    SecondFactor.objects.filter(user=person).update(last_step=0)
    body = {"email": person.email, "password": PASSWORD, "otp": code()}
    answers = stage.at_once(stage.call("sign_in", None, "/api/auth/login", body) for _ in range(6))
    found = Counter(answered.status for answered in answers)
    return [*unless(found == {200: 1, 401: 5}, f"one code used six times answered {dict(found)}")]


KINDS: dict[str, Race] = {
    "last_units": Race("last units wanted by 50 buyers", last_units, "stock", anywhere=True),
    "two_products": Race("last units of two products in one order", last_units_of_two_products, AT_ONCE),
    "several_lines": Race("the same product in several lines", same_product_in_several_lines, "sum", ("order_product_once",)),
    "submit_with_key": Race("double submit with a key", double_submit_with_a_key, "key", anywhere=True),
    "submit_without_key": Race("double submit without a key", double_submit_without_a_key, "cart"),
    "pay_twice": Race("pay twice", pay_twice, "payment", ("attempt_one_live_per_payment",)),
    "cancel_pay": Race("cancel against pay", cancel_against_pay, "purchase"),
    "accept_cancel_expiry": Race("accept against cancel against expiry", accept_against_cancel_against_expiry, "purchase"),
    "webhook": Race("webhook before the answer, repeated, reordered, forged", webhook_before_the_answer, "payment"),
    "two_staff": Race("two staff approve and reject", two_of_staff_approve_and_reject, "company"),
    "two_drivers": Race("two drivers' updates", two_drivers_updates, "delivery"),
    "refund_twice": Race("refund twice", refund_twice, "payment"),
    "stocktake": Race("stocktake during orders", stocktake_during_orders, "shelf"),
    "code": Race("one code of a second factor used six times at once", one_code_of_a_second_factor, "code"),
    "refresh": Race("one refresh token used twenty times at once", one_refresh_token_twenty_times, "refresh", anywhere=True),
}


def unless(holds: bool, words: str) -> Iterator[str]:
    if not holds:
        yield words


def acknowledged(answers: Sequence[Answered]) -> int:
    return sum(answered.outcome == OK for answered in answers)


def refused_with(answers: Sequence[Answered]) -> set[str]:
    return {answered.code for answered in answers if answered.outcome == FAIL}


def shelf_disagrees(product: Product, sold: int) -> list[str]:
    """Unless the counters, the ledger and what was acknowledged say the same of this product."""
    row = Stock.objects.get(product=product)
    ledger = StockMovement.objects.filter(product=product).aggregate(on_hand=Sum("on_hand_change"), reserved=Sum("reserved_change"))
    return [
        *unless(row.reserved == sold, f"{product.reference}: {row.reserved} reserved, {sold} sold"),
        *unless(
            (row.on_hand, row.reserved) == (ledger["on_hand"], ledger["reserved"]), f"{product.reference}: {row}, the ledger: {ledger}"
        ),
    ]


def charges_of(payment: Payment) -> int:
    """How often the bank took money for it."""
    keys = [str(key) for key in payment.attempts.values_list("pk", flat=True)]
    return BankCharge.objects.filter(key__in=keys, status="succeeded").count()


def steps_of(order: str) -> list[str]:
    """What happened to it after it was placed."""
    found = Event.objects.filter(subject=order, verb__startswith="orders.").exclude(verb="orders.placed").order_by("pk")
    return list(found.values_list("verb", flat=True))


def message(stage: Stage, key: str, kind: str, *, secret: str = "", minutes_ago: int = 0) -> Call:
    """A webhook of the sandbox bank about the charge with this key, signed as it signs, unless told otherwise."""
    name = f"msg_{new_key()}"
    raw = orjson.dumps({"id": name, "kind": kind, "charge": "", "key": key})
    at = int(clock.now().timestamp()) - 60 * minutes_ago
    signature = signing.sign(raw, secret=secret or settings.SANDBOX_WEBHOOK_SECRET, at=at)
    headers = {SIGNATURE_HEADER: signature}
    return stage.call("webhook", None, "/api/payments/webhooks/sandbox", raw, operation=name, headers=headers)


def expire_a_little_later() -> None:
    time.sleep(random.uniform(0, 0.06))
    expiry.cancel_unaccepted()


def in_a_thread(work: Callable[[], Any]) -> Callable[[], None]:
    """The same with a database connection of its own, which is closed afterwards."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    return run


@contextmanager
def bank_held_shut() -> Iterator[Callable[[], None]]:
    """Nothing can be entered in the bank's book until the yielded function is called, at the latest when the block ends."""
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{BankCharge._meta.db_table}" IN SHARE MODE')
        yield holder.rollback
    finally:
        holder.rollback()
        holder.close()
