"""What must always hold of money, each as a question to the database that names the rows where it does not (TRUST.md 1).

Questions about payments alone are one statement each, so that they see one moment. Those that compare two books, or a payment with
its record, look twice, the second time only at what looked wrong: a payment may move between two statements.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum

from aqad.audit.models import Event
from aqad.core import money
from payments.models import BankCharge, BankRefund, CashCollection, Payment, PaymentAttempt, Refund
from payments.statuses import TRANSITIONS, AttemptStatus, ChargeStatus, PaymentStatus, RefundStatus

BATCH = 500
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
COUNTING = ~Q(status=RefundStatus.FAILED)
MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)
Broken = dict[Any, list[str]]


def m2_taken_as_booked() -> list[str]:
    """What a payment says was paid is what its attempts and collections took; what paid for something is never more than was owed."""
    rows = Payment.objects.annotate(
        card=_sum(PaymentAttempt.objects.filter(is_surplus=False), "captured"),
        surplus=_sum(PaymentAttempt.objects.filter(is_surplus=True), "captured"),
        cash=_sum(CashCollection.objects.all(), "amount"),
    )
    broken = []
    for payment in rows.iterator(BATCH):
        taken = money.aed(payment.card) + money.aed(payment.cash)
        if payment.amount_paid != taken + money.aed(payment.surplus):
            broken.append(f"{payment.reference}: {payment.amount_paid} booked as paid, {taken + money.aed(payment.surplus)} taken")
        if taken > payment.amount:
            broken.append(f"{payment.reference}: {taken} taken of {payment.amount}")
    return broken


def m2_refunds_within_captured() -> list[str]:
    """Requested and done refunds never exceed what was taken, and what is booked as refunded is what is done."""
    done = Refund.objects.filter(status=RefundStatus.DONE)
    broken = []
    for payment in Payment.objects.annotate(back=_sum(Refund.objects.filter(COUNTING), "amount"), done=_sum(done, "amount")).iterator(
        BATCH
    ):
        if money.aed(payment.back) > payment.amount_paid:
            broken.append(f"{payment.reference}: refunds of {money.aed(payment.back)} for {payment.amount_paid} taken")
        if money.aed(payment.done) != payment.amount_refunded:
            broken.append(f"{payment.reference}: {payment.amount_refunded} booked as refunded, {money.aed(payment.done)} done")
    return broken


def m2_one_capture_per_payment() -> list[str]:
    """One successful capture pays for something; every other one goes back whole."""
    paying = Count("attempts", filter=Q(attempts__status=AttemptStatus.SUCCEEDED, attempts__is_surplus=False))
    twice = Payment.objects.annotate(captures=paying).filter(captures__gt=1)
    broken = [f"{payment.reference}: captured {payment.captures} times" for payment in twice]
    surplus = PaymentAttempt.objects.filter(status=AttemptStatus.SUCCEEDED, is_surplus=True).select_related("payment")
    kept = surplus.annotate(back=Sum("refunds__amount", filter=~Q(refunds__status=RefundStatus.FAILED)))
    for attempt in kept.filter(Q(back=None) | Q(back__lt=F("captured"))):
        broken.append(f"{attempt.payment.reference}: a surplus of {attempt.captured} is not on its way back")
    return broken


def m2_cash_once_per_part() -> list[str]:
    """Each order's cash is collected at most once."""
    twice = CashCollection.objects.values("payment_id", "part").annotate(times=Count("pk")).filter(times__gt=1)
    return [f"PAY{row['payment_id']}: cash for {row['part']} collected {row['times']} times" for row in twice]


def m3_charges_agree() -> list[str]:
    """Our book and the sandbox bank's hold the same charges; an attempt that is still asked about may be behind."""
    return _seen_twice(_disagreeing_charges)


def m3_refunds_agree() -> list[str]:
    """The same refunds; one that we still send may have arrived already."""
    return _seen_twice(_disagreeing_refunds)


def m4_ended_payments_give_back() -> list[str]:
    """A payment that failed or was cancelled keeps no money."""
    ended = Payment.objects.filter(status__in=[PaymentStatus.FAILED, PaymentStatus.CANCELLED], amount_paid__gt=0)
    return [
        f"{payment.reference}: {payment.status}, but keeps {payment.amount_paid - money.aed(payment.back)}"
        for payment in ended.annotate(back=_sum(Refund.objects.filter(COUNTING), "amount")).iterator(BATCH)
        if money.aed(payment.back) < payment.amount_paid
    ]


def t1_payment_steps() -> list[str]:
    """Every step on record is an allowed one that starts where the last one ended; the state is the last step's."""
    return _seen_twice(_wrong_steps)


def a1_money_moves_recorded() -> list[str]:
    """Every attempt, capture, collection and refund has exactly one event."""
    return _seen_twice(_miscounted_events)


def _disagreeing_charges(suspects: list[str] | None) -> Broken:
    ours = PaymentAttempt.objects.filter(gateway="sandbox").select_related("payment")
    theirs = BankCharge.objects.all()
    if suspects is not None:
        ours, theirs = ours.filter(pk__in=_ids(suspects)), theirs.filter(key__in=suspects)
    charges = {charge.key: charge for charge in theirs.iterator(BATCH)}
    broken: Broken = {}
    for attempt in ours.iterator(BATCH):
        charge = charges.pop(str(attempt.pk), None)
        taken = charge.amount if charge and charge.status == ChargeStatus.SUCCEEDED else money.ZERO
        if not attempt.is_live and attempt.captured != taken:
            broken[str(attempt.pk)] = [f"{attempt.payment.reference}: {attempt.captured} taken by us, {taken} by the bank"]
    broken.update({key: [f"{charge.reference}: {charge.amount} at the bank, nothing of ours"] for key, charge in charges.items()})
    return broken


def _disagreeing_refunds(suspects: list[str] | None) -> Broken:
    ours = Refund.objects.filter(attempt__gateway="sandbox").select_related("payment")
    theirs = BankRefund.objects.all()
    if suspects is not None:
        ours, theirs = ours.filter(pk__in=_ids(suspects)), theirs.filter(key__in=suspects)
    made = {refund.key: refund for refund in theirs.iterator(BATCH)}
    broken: Broken = {}
    for refund in ours.iterator(BATCH):
        there = made.pop(str(refund.pk), None)
        expected = {RefundStatus.DONE: refund.amount, RefundStatus.FAILED: money.ZERO}.get(RefundStatus(refund.status))
        found = there.amount if there else money.ZERO
        if expected is not None and found != expected:
            broken[str(refund.pk)] = [f"{refund.payment.reference}: refund of {refund.amount} {refund.status}, {found} at the bank"]
    broken.update({key: [f"{there.reference}: refund of {there.amount} at the bank, nothing of ours"] for key, there in made.items()})
    return broken


def _ids(keys: list[str]) -> list[UUID]:
    """Those of the bank's keys that can be ours at all."""
    return [UUID(key) for key in keys if UUID_FORM.fullmatch(key)]


def _wrong_steps(suspects: list[int] | None) -> Broken:
    broken: Broken = {}
    for payment, events in _with_events(suspects):
        state, found = "", []
        for event in events:
            if "after" not in event.facts:
                continue
            before, after = event.facts.get("before", ""), event.facts["after"]
            if before != state or (state and after not in TRANSITIONS[state]):
                found.append(f"{payment.reference}: a step from {before or 'nothing'} to {after} after {state or 'nothing'}")
            state = after
        if state != payment.status:
            found.append(f"{payment.reference}: {payment.status}, but its last step led to {state or 'nothing'}")
        if found:
            broken[payment.pk] = found
    return broken


def _miscounted_events(suspects: list[int] | None) -> Broken:
    broken: Broken = {}
    for payment, events in _with_events(suspects):
        counts = Counter(event.verb for event in events)
        attempts, refunds = payment.attempts.all(), payment.refunds.all()
        expected = {
            "payments.opened": 1,
            "payments.attempted": len(attempts),
            "payments.captured_late": sum(1 for attempt in attempts if attempt.is_surplus),
            "payments.cash_collected": len(payment.collections.all()),
            "payments.refund_requested": len(refunds),
            "payments.refunded": sum(1 for refund in refunds if refund.status == RefundStatus.DONE),
            "payments.refund_failed": sum(1 for refund in refunds if refund.status == RefundStatus.FAILED),
        }
        wrong = {verb: number for verb, number in expected.items() if counts[verb] != number}
        if wrong:
            broken[payment.pk] = [f"{payment.reference}: {counts[verb]} events {verb} for {number}" for verb, number in wrong.items()]
    return broken


def _seen_twice(look: Callable[[Any], Broken]) -> list[str]:
    suspects = list(look(None))
    return [line for lines in look(suspects).values() for line in lines] if suspects else []


def _with_events(suspects: list[int] | None) -> Iterator[tuple[Payment, list[Event]]]:
    """Payments with all that hangs on them and their own events, oldest first, in a constant number of queries per batch."""
    rows = Payment.objects.prefetch_related("attempts", "refunds", "collections").order_by("pk")
    if suspects is not None:
        rows = rows.filter(pk__in=suspects)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        events: dict[str, list[Event]] = defaultdict(list)
        for event in Event.objects.filter(subject__in=[payment.reference for payment in batch]).order_by("pk"):
            events[event.subject].append(event)
        yield from ((payment, events[payment.reference]) for payment in batch)


def _sum(rows: QuerySet[Any], field: str) -> Subquery:
    sums = rows.filter(payment=OuterRef("pk")).order_by().values("payment").annotate(sum=Sum(field)).values("sum")
    return Subquery(sums, output_field=MONEY)


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "M2 taken as booked": m2_taken_as_booked,
    "M2 refunds within captured": m2_refunds_within_captured,
    "M2 one capture per payment": m2_one_capture_per_payment,
    "M2 cash once per part": m2_cash_once_per_part,
    "M3 charges agree": m3_charges_agree,
    "M3 refunds agree": m3_refunds_agree,
    "M4 ended payments give back": m4_ended_payments_give_back,
    "T1 payment steps": t1_payment_steps,
    "A1 money moves recorded": a1_money_moves_recorded,
}
