"""What the checker finds when calls and database disagree, each way they can; and that it is silent when they agree."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from aqad.audit.actions import record
from aqad.core.actor import Actor
from orders.models import Order
from tests.factories.trade import OrderFactory
from tests.proof.checker import converge, undecided, wrong
from tests.proof.recorder import Answered, Call

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


def call(key: str = "", kind: str = "order") -> Call:
    return Call(kind, "/api/orders", {}, key=key)


def happened(made: Call, times: int = 1, verb: str = "orders.placed") -> Order:
    """This call placed an order, so many times."""
    order = OrderFactory()
    with transaction.atomic():
        for _ in range(times):
            record(verb, order, Actor(role="retailer", label="Retailer R2001", via="api", request_id=made.id))
    return order


def acknowledged(made: Call, order: Order, *, replayed: bool = False) -> Answered:
    return Answered(made, 201, {"id": order.reference}, replayed)


def refused(made: Call, code: str = "insufficient_stock") -> Answered:
    return Answered(made, 409, {"code": code})


def test_silent_when_each_was_done_once_refused_without_a_trace_or_lost() -> None:
    done, no, lost, landed = call(), call(), call(), call()
    order = happened(done)
    happened(landed)
    assert wrong([acknowledged(done, order), refused(no), Answered(lost, None), Answered(landed, 503)]) == []


def test_names_what_was_acknowledged_and_is_not_there() -> None:
    made = call()
    assert wrong([Answered(made, 201, {"id": "ORD999"})]) == [
        f"order {made.whole} (/api/orders; 201) was acknowledged, but happened 0 times instead of 1"
    ]


@pytest.mark.parametrize("status", [201, None, 500])
def test_names_what_happened_twice(status: int | None) -> None:
    made = call()
    order = happened(made, times=2)
    found = wrong([Answered(made, status, {"id": order.reference} if status == 201 else None)])
    assert len(found) == 1
    assert "happened 2 times" in found[0]


def test_names_a_refusal_that_left_a_trace_whatever_it_is() -> None:
    made = call()
    happened(made, verb="payments.opened")
    assert wrong([refused(made)]) == [f"order {made.whole} (/api/orders; 409) was refused, but left payments.opened"]


def test_names_an_answer_about_another_order() -> None:
    made = call()
    order = happened(made)
    found = wrong([Answered(made, 201, {"id": "ORD999"})])
    assert len(found) == 1
    assert found[0].endswith(f"speaks of ['ORD999'], and it happened to ['{order.reference}']")


def test_tries_with_one_key_are_one_operation() -> None:
    first = call("k1")
    order = happened(first)
    twin = first.again()
    tries = [acknowledged(first, order), refused(twin, "idempotency_in_progress"), acknowledged(first.again(), order, replayed=True)]
    assert wrong(tries) == []
    happened(twin)
    assert "happened 2 times instead of 1" in wrong(tries)[0]


def test_names_repeats_that_were_answered_differently() -> None:
    first = call("k1")
    order = happened(first)
    found = wrong([acknowledged(first, order), Answered(first.again(), 201, {"id": "ORD999"})])
    assert [line.partition("but ")[2] for line in found] == [f"answered differently: [['{order.reference}'], ['ORD999']]"]


def test_an_unknown_one_that_is_refused_on_repeat_must_have_left_nothing() -> None:
    first = call("k1")
    assert wrong([Answered(first, None), refused(first.again())]) == []
    happened(first)
    assert "was refused, but left orders.placed" in wrong([Answered(first, None), refused(first.again())])[0]


def test_a_checkout_leaves_one_event_for_each_order_of_its_answer() -> None:
    made = call(kind="checkout")
    orders = [happened(made), happened(made)]
    shown = {"orders": [{"id": order.reference} for order in orders]}
    assert wrong([Answered(made, 201, shown)]) == []
    assert "happened 2 times instead of 1" in wrong([Answered(made, 201, {"orders": shown["orders"][:1]})])[0]
    assert wrong([Answered(made, None)]) == []


@pytest.mark.parametrize(("status", "is_wrong"), [(202, False), (200, True)])
def test_a_confirmation_beside_a_live_attempt_needs_none_of_its_own(status: int, is_wrong: bool) -> None:
    assert bool(wrong([Answered(call(kind="confirm"), status, {"id": "PAY1001"})])) == is_wrong


def test_an_operation_is_undecided_until_one_try_is_answered() -> None:
    made = call("k1")
    order = OrderFactory()
    open_ones = [Answered(made, None), refused(made.again(), "idempotency_in_progress")]
    assert [found.call.whole for found in undecided(open_ones)] == ["k1"]
    assert undecided([*open_ones, acknowledged(made.again(), order)]) == []
    assert undecided([*open_ones, refused(made.again())]) == []


def test_repeats_what_is_unknown_with_its_key_until_it_is_answered() -> None:
    keyed, unkeyed = call("k1"), call()
    order = happened(keyed)
    says: list[Any] = [(503, None), (409, {"code": "idempotency_in_progress"}), (201, {"id": order.reference})]
    sent: list[Call] = []

    def send(made: Call) -> Answered:
        sent.append(made)
        return Answered(made, *says.pop(0))

    everything = converge([Answered(keyed, None), Answered(unkeyed, None)], send)
    assert [made.whole for made in sent] == ["k1"] * 3
    assert [found.call.whole for found in undecided(everything)] == [unkeyed.whole]
    assert wrong(everything) == []


def test_gives_up_after_so_many_tries() -> None:
    everything = converge([Answered(call("k1"), None)], lambda made: Answered(made, None), tries=3)
    assert len(everything) == 4
    assert len(undecided(everything)) == 1
