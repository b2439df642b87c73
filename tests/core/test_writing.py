"""Rows of several tables at once, under numbers that were drawn before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from aqad.audit.models import Event, EventOrigin, Outbox
from aqad.core import clock, writing
from catalog.models import StockMovement
from payments.models import Payment
from tests.cast import Person
from tests.factories.goods import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def an_event(pk: int, **facts: Any) -> Event:
    return Event(pk=pk, verb="orders.placed", subject="ORD1", actor="x", facts=facts, via="api", at=clock.now())


def a_payment(pk: int, retailer: Person) -> Payment:
    return Payment(pk=pk, payer=retailer.of.company, method="card", amount=Decimal("12.30"), pay_by=clock.now())


def test_numbers_ascend_and_are_never_drawn_twice() -> None:
    first = writing.draw({Event: 3, Payment: 2})
    writing.insert([an_event(number) for number in first[Event]])
    second = writing.draw({Event: 2})
    assert [len(numbers) for numbers in first.values()] == [3, 2]
    assert first[Event] == sorted(first[Event])
    assert first[Payment][0] >= Payment.FIRST_NUMBER
    assert min(second[Event]) > max(first[Event])
    assert Event.objects.create(verb="orders.placed", subject="ORD2", actor="x", via="api", at=clock.now()).pk > max(first[Event])


def test_every_value_arrives_as_it_was(retailer: Person) -> None:
    facts = {"total": "12.30", "who": "عصير \"quoted\" 'single' \\ back", "none": None, "list": [1, 2.5, True]}
    numbers = writing.draw({Event: 1, Payment: 1})
    event, payment = an_event(numbers[Event][0], **facts), a_payment(numbers[Payment][0], retailer)
    turn = Outbox(event_id=event.pk, consumer="notifications", next_try_at=event.at)
    writing.insert([payment, event, EventOrigin(event_id=event.pk, ip="2001:db8::1"), turn])
    assert Event.objects.values().get(pk=event.pk) == {name: value for name, value in vars(event).items() if name != "_state"}
    stored = Payment.objects.get(pk=payment.pk)
    assert (stored.amount, stored.amount_paid, stored.pay_by, stored.created_at) == (
        payment.amount,
        payment.amount_paid,
        payment.pay_by,
        payment.created_at,
    )
    assert EventOrigin.objects.get(event_id=event.pk).ip == "2001:db8::1"
    assert Outbox.objects.get(event_id=event.pk).leased_until is None


def test_all_are_written_or_none(vendor: Person, retailer: Person) -> None:
    product = ProductFactory(vendor=vendor.of)
    once = {"product": product, "kind": "reserved", "reserved_change": 1, "line": 7, "actor": "x"}
    StockMovement.objects.create(**once)
    [number] = writing.draw({Payment: 1})[Payment]
    with pytest.raises(IntegrityError), transaction.atomic():
        writing.insert([a_payment(number, retailer), StockMovement(**once)])  # a line is reserved once
    assert not Payment.objects.filter(pk=number).exists()


@pytest.mark.production
def test_rows_of_many_tables_are_one_statement(retailer: Person, django_assert_num_queries: Any) -> None:
    assert connection.vendor == "postgresql"
    writing.draw({Event: 1, Payment: 1})  # the names of the sequences are known by now
    with django_assert_num_queries(2):
        numbers = writing.draw({Event: 40, Payment: 1})
        writing.insert([a_payment(numbers[Payment][0], retailer), *(an_event(number) for number in numbers[Event])])
    assert Event.objects.filter(pk__in=numbers[Event]).count() == 40
