"""Reads from a streaming replica that may fall behind, be cut off or die, and from the writer for whoever has just written."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from psycopg.errors import SerializationFailure

from tests.stack.parts import children, wait_until
from tests.stack.stack import Stack
from tests.stack.visitors import reading, visiting

SCANS = "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'catalog_product'"


def pause(stack: Stack) -> None:
    stack.sql("SELECT pg_wal_replay_pause()", of="replica")


def cut_off(stack: Stack) -> None:
    """It takes itself for up to date: all that it has received is replayed."""
    stack.sql("ALTER SYSTEM SET primary_conninfo = ''", of="replica")
    stack.sql("SELECT pg_reload_conf()", of="replica")
    wait_until(lambda: not stack.sql("SELECT count(*) FROM pg_stat_wal_receiver", of="replica"), 20, "the replica to be cut off")


def mend(stack: Stack) -> None:
    """Until it has caught up with the writer. What it replays as soon as it may can cancel the very statement that let it go on."""
    if not stack.sql("SELECT current_setting('primary_conninfo')", of="replica"):
        stack.sql(f"ALTER SYSTEM SET primary_conninfo = '{stack.conninfo('primary')}'", of="replica")
        stack.sql("SELECT pg_reload_conf()", of="replica")
    with contextlib.suppress(SerializationFailure):
        stack.sql("SELECT pg_wal_replay_resume()", of="replica")
    place = stack.sql("SELECT pg_current_wal_lsn()")

    def has_caught_up() -> bool:
        with contextlib.suppress(SerializationFailure):
            return bool(stack.sql("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", place, of="replica"))
        return False

    wait_until(has_caught_up, 30, "the replica to catch up")


@pytest.fixture
def replica(stack: Stack) -> Iterator[Any]:
    assert stack.replica
    mend(stack)
    yield stack.replica
    if not stack.replica.is_running:
        stack.replica.start()
    mend(stack)


class Seller:
    """The vendor, and how a stranger sees its first product."""

    def __init__(self, stack: Stack, trade: Any) -> None:
        self.api, self.stack, self.trade = stack.client(trade["vendor"]["token"]), stack, trade
        self.page, self.product = trade["paths"][0], trade["products"][0]

    def change_price(self) -> str:
        price = f"{random.randint(100, 900)}.{random.randint(10, 99)}"
        answer = self.api.patch(f"/api/products/{self.product}", json={"price": price})
        assert answer.status_code == 200, answer.text
        return price

    def own_price(self) -> str:
        return next(str(one["price"]) for one in ok(self.api.get("/api/vendor/products")).json()["results"] if one["id"] == self.product)

    def is_seen_by_strangers(self, price: str) -> bool:
        return price in ok(self.stack.client().get(self.page)).text


@pytest.fixture(scope="module")
def seller(stack: Stack) -> Seller:
    return Seller(stack, stack.given())


def ok(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 200, answer.text
    return answer


def is_used(stack: Stack, page: str) -> bool:
    """Whether strangers' reads arrive at the replica, by its own count of them (which it writes down every second or so)."""
    before = stack.sql(SCANS, of="replica")

    def grown() -> bool:
        ok(stack.client().get(page))
        return bool(stack.sql(SCANS, of="replica") > before)

    return bool(wait_until(grown, 30, "reads to arrive at the replica"))


def test_strangers_are_shown_a_product_from_the_replica(stack: Stack, replica: Any, seller: Seller) -> None:
    assert is_used(stack, seller.page)


def test_a_vendor_sees_the_own_change_while_strangers_are_shown_what_was(stack: Stack, replica: Any, seller: Seller) -> None:
    """Again until a stranger was quick enough to be shown the replica, which is not asked once it is two seconds behind."""

    def a_stranger_was_behind() -> bool:
        mend(stack)
        assert is_used(stack, seller.page)
        pause(stack)
        price = seller.change_price()
        assert seller.own_price() == price
        return not seller.is_seen_by_strangers(price)

    wait_until(a_stranger_was_behind, 90, "a stranger to be shown the replica")


@pytest.mark.parametrize("fall_behind", [pause, cut_off])
def test_a_replica_that_falls_behind_is_asked_no_more(
    stack: Stack, replica: Any, seller: Seller, fall_behind: Callable[[Stack], None]
) -> None:
    fall_behind(stack)
    price = seller.change_price()
    wait_until(lambda: seller.is_seen_by_strangers(price), 20, "strangers to be shown the writer")
    mend(stack)
    assert is_used(stack, seller.page)


def test_no_request_fails_when_the_replica_is_killed_and_it_is_used_again_once_it_is_back(
    stack: Stack, replica: Any, seller: Seller
) -> None:
    calls = [(stack.client(), reading(seller.page)) for _ in range(4)]
    calls += [(seller.api, reading("/api/vendor/products"))]
    with visiting(calls) as seen:
        wait_until(lambda: seen.counts["200"] > 30, 60, "some answers")
        replica.kill()
        killed_at = seen.counts["200"]
        wait_until(lambda: seen.counts["200"] > killed_at + 60, 60, "answers without the replica")
        replica.start()
        assert is_used(stack, seller.page)
    assert seen.failed == {}, seen.bodies[:5]


def test_no_request_fails_while_the_replica_is_frozen(stack: Stack, replica: Any, seller: Seller) -> None:
    """It keeps its connections open and says nothing: nobody may wait for it for long."""
    calls = [(stack.client(), reading(seller.page)) for _ in range(4)]
    with visiting(calls) as seen:
        assert is_used(stack, seller.page)
        frozen = [replica.pid, *children(replica.pid)]
        tell(frozen, signal.SIGSTOP)
        try:
            frozen_at = seen.counts["200"]
            wait_until(lambda: seen.counts["200"] > frozen_at + 60, 60, "answers without the replica")
        finally:
            tell(frozen, signal.SIGCONT)
        assert is_used(stack, seller.page)
    assert seen.failed == {}, seen.bodies[:5]


def tell(pids: list[int], number: signal.Signals) -> None:
    """Send the signal to those that are there: a backend whose client had just left may be gone meanwhile."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def test_its_own_product_is_never_behind_over_the_api(stack: Stack, replica: Any, seller: Seller) -> None:
    pause(stack)
    price = seller.change_price()
    assert ok(stack.client().get(f"/api/products/{seller.product}")).json()["price"] == price
