"""Our book against the gateway's, line by line: for the hour after a restore, and for any doubt about money. Changes nothing.

A charge without a payment of ours is not given back from here: a system that was pointed at another one's account by mistake would
call all of that account's charges its own losses. Each difference says what a person does about it (docs/backup.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from aqad.core import clock, money
from aqad.core.errors import Unavailable
from payments.gateways import registry
from payments.gateways.base import Book, BookedCharge, BookedRefund
from payments.models import PaymentAttempt, Refund
from payments.statuses import AttemptStatus, RefundStatus

# The bank's clock may differ from ours, and a charge is asked for before it is booked.
MARGIN = timedelta(hours=1)
REFUND_THERE = "Give it back in the gateway's own back office and tell the payer: its order is not known here any more."
TAKEN_AGAIN = "The payer was charged twice: give this one back in the gateway's own back office and tell the payer."
ASK_THE_BANK = "Ask the gateway's support with the reference; mark the order and deliver nothing for it until it is clear."
LOOK_AT_BOTH = "Compare the payment's page in the back office with the gateway's; give back there what was taken too much."
NOT_AGAIN = "The money is back with the payer: don't give it back a second time when the order is ended here again."
GIVE_BACK_AGAIN = "The payer has nothing: ask the gateway's support with the reference before anything is sent again."


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands differently in the two books, and what to do about it."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what}. {self.advice}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`still_asked` charges are of attempts whose outcome the reconciler is asking about: it will book them by itself."""

    charges: int
    refunds: int
    still_asked: int
    differences: list[Difference]


def compare(gateway: str, *, since: datetime) -> Comparison:
    """What moved since then in either book and is not the same in both. Call outside any transaction.

    The gateway is asked first: what we write before we ask it to take or give anything is then found here. Raises Unavailable when it
    does not answer, KeyError for an unknown gateway.
    """
    started = clock.now()
    book = registry.of(gateway).book_since(since - MARGIN)
    if book is None:
        raise Unavailable
    attempts = _attempts_of(gateway, book)
    found = [*_charges(book, attempts), *_refunds(book, attempts)]
    found += [*_charges_lacking(gateway, book, since, started), *_refunds_lacking(gateway, book, since, started)]
    still_asked = sum(attempt.is_live for attempt in attempts.values())
    return Comparison(len(book.charges), len(book.refunds), still_asked, found)


def _charges(book: Book, attempts: dict[str, PaymentAttempt]) -> Iterator[Difference]:
    given_back: dict[str, Decimal] = defaultdict(Decimal)
    for refund in book.refunds:
        given_back[refund.charge] += refund.amount
    own = _own_charges(book, attempts)
    for charge in book.charges:
        attempt = attempts.get(charge.reference)
        if attempt is not None and own[attempt.pk] != charge.reference:
            left = charge.amount - given_back[charge.reference]
            if left > 0:
                what = f"{_named(charge)} is one more for the same try of {attempt.payment.reference}"
                yield Difference(f"{what}; {money.text(left)} AED of it are not given back", TAKEN_AGAIN)
        elif attempt is None:
            left = charge.amount - given_back[charge.reference]
            if left > 0:
                yield Difference(f"{_named(charge)} has no payment of ours; {money.text(left)} AED of it are not given back", REFUND_THERE)
        elif not attempt.is_live and attempt.captured != charge.amount:
            ours = f"{attempt.payment.reference} has booked {money.text(attempt.captured)} AED ({attempt.status})"
            yield Difference(f"{_named(charge)}, but {ours}", LOOK_AT_BOTH)


def _own_charges(book: Book, attempts: dict[str, PaymentAttempt]) -> dict[UUID, str]:
    """The one charge that each attempt stands for: the one that it names, or the first under its key."""
    own: dict[UUID, str] = {}
    for charge in book.charges:
        if attempt := attempts.get(charge.reference):
            own.setdefault(attempt.pk, charge.reference)
            if attempt.gateway_reference == charge.reference:
                own[attempt.pk] = charge.reference
    return own


def _refunds(book: Book, attempts: dict[str, PaymentAttempt]) -> Iterator[Difference]:
    ours = {str(refund.pk): refund for refund in Refund.objects.filter(pk__in=_uuids(refund.key for refund in book.refunds))}
    for refund in book.refunds:
        attempt, known = attempts.get(refund.charge), ours.get(refund.key)
        if known is None:
            # Of a charge that is not ours either, it is either another system's or counted against the charge above.
            if attempt is not None:
                yield Difference(f"{_named(refund)} of {attempt.payment.reference} is unknown to us", NOT_AGAIN)
        elif known.amount != refund.amount or known.status in {RefundStatus.FAILED, RefundStatus.MANUAL}:
            yield Difference(f"{_named(refund)}, but ours is of {money.text(known.amount)} AED and {known.status}", NOT_AGAIN)


def _charges_lacking(gateway: str, book: Book, since: datetime, started: datetime) -> Iterator[Difference]:
    there = {charge.reference for charge in book.charges}
    taken = PaymentAttempt.objects.filter(
        gateway=gateway, status=AttemptStatus.SUCCEEDED, captured__gt=0, created_at__gte=since, settled_at__lt=started
    )
    for attempt in taken.exclude(gateway_reference__in=there).select_related("payment").order_by("created_at"):
        what = f"{attempt.payment.reference} has booked {money.text(attempt.captured)} AED as taken under {attempt.gateway_reference}"
        yield Difference(f"{what}, which the gateway does not list", ASK_THE_BANK)


def _refunds_lacking(gateway: str, book: Book, since: datetime, started: datetime) -> Iterator[Difference]:
    there = {refund.reference for refund in book.refunds}
    done = Refund.objects.filter(attempt__gateway=gateway, status=RefundStatus.DONE, created_at__gte=since, done_at__lt=started)
    for refund in done.exclude(gateway_reference__in=there).select_related("payment").order_by("created_at"):
        what = f"{refund.payment.reference} has booked a refund of {money.text(refund.amount)} AED under {refund.gateway_reference}"
        yield Difference(f"{what}, which the gateway does not list", GIVE_BACK_AGAIN)


def _attempts_of(gateway: str, book: Book) -> dict[str, PaymentAttempt]:
    """Our attempts by the bank's reference of their charge; found by our key too, since an answer may have been lost with its reference."""
    attempts = PaymentAttempt.objects.filter(gateway=gateway).select_related("payment")
    by_key = {str(attempt.pk): attempt for attempt in attempts.filter(pk__in=_uuids(charge.key for charge in book.charges))}
    found = {charge.reference: by_key[charge.key] for charge in book.charges if charge.key in by_key}
    older = {refund.charge for refund in book.refunds} - found.keys() - {""}
    return found | {attempt.gateway_reference: attempt for attempt in attempts.filter(gateway_reference__in=older)}


def _uuids(keys: Iterator[str]) -> list[UUID]:
    """Those of the bank's keys that can be ours at all."""
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def _named(entry: BookedCharge | BookedRefund) -> str:
    kind = "Charge" if isinstance(entry, BookedCharge) else "Refund"
    return f"{kind} {entry.reference} of {money.text(entry.amount)} AED at {timezone.localtime(entry.at):%Y-%m-%d %H:%M}"
