"""Messages that say no more than "look" are gathered: the first goes at once, those that follow close on it become one."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from celery import current_app

from aqad.audit import publishing
from aqad.core.gathering import Gathered

PAUSE = 0.1


class Sent(list[str]):
    """What was sent, in its order."""

    def send(self, name: str) -> bool:
        self.append(name)
        return True

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + 5
        while len(self) < count and time.monotonic() < until:
            time.sleep(0.005)


def test_the_first_goes_at_once_and_the_next_ones_together() -> None:
    sent = Sent()
    gathered = Gathered(sent.send, seconds=PAUSE)
    assert all(gathered.ask("look") for _ in range(20))
    assert sent == ["look"]
    sent.wait_for(2)
    assert sent == ["look", "look"]
    time.sleep(PAUSE * 1.5)
    assert sent == ["look", "look"]


def test_each_name_is_gathered_by_itself() -> None:
    sent = Sent()
    gathered = Gathered(sent.send, seconds=60)
    gathered.ask("look")
    gathered.ask("listen")
    assert sent == ["look", "listen"]


def test_one_alone_never_waits() -> None:
    sent = Sent()
    gathered = Gathered(sent.send, seconds=0.02)
    for number in range(1, 4):
        gathered.ask("look")
        assert len(sent) == number
        time.sleep(0.03)


def test_who_asks_while_a_message_is_on_its_way_gets_another() -> None:
    """The one that looks may have looked by then."""
    on_its_way, go_on = threading.Event(), threading.Event()
    sent = Sent()

    def send(name: str) -> bool:
        sent.append(name)
        if len(sent) == 2:
            on_its_way.set()
            go_on.wait(5)
        return True

    gathered = Gathered(send, seconds=PAUSE)
    gathered.ask("look")
    gathered.ask("look")
    assert on_its_way.wait(5)
    gathered.ask("look")
    go_on.set()
    sent.wait_for(3)
    assert sent == ["look"] * 3


def test_nothing_is_lost_among_many_threads() -> None:
    """What each of them did is seen by a look that begins after it."""
    done: list[int] = []
    seen: set[int] = set()

    def look(_name: str) -> bool:
        seen.update(list(done))
        return True

    gathered = Gathered(look, seconds=0.002)

    def work(first: int) -> None:
        for number in range(first, first + 200):
            done.append(number)
            gathered.ask("look")

    threads = [threading.Thread(target=work, args=[1000 * place]) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until = time.monotonic() + 5
    while len(seen) < 1600 and time.monotonic() < until:
        time.sleep(0.005)
    assert seen == set(done)


def test_one_thread_sends_for_as_long_as_somebody_asks_and_no_longer() -> None:
    """Celery keeps what it needs to send for each thread, and makes it anew for a new one."""
    senders: list[threading.Thread] = []

    def send(_name: str) -> bool:
        senders.append(threading.current_thread())
        return True

    gathered = Gathered(send, seconds=0.02)
    _ask_until(gathered, lambda: len(senders) >= 10)
    assert senders[0] is threading.current_thread()
    assert len(set(senders[1:])) == 1
    senders[1].join(5)
    assert not senders[1].is_alive()
    gathered.ask("look")
    assert senders[-1] is threading.current_thread()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_message_that_cannot_be_sent_does_not_keep_the_next_ones_from_going() -> None:
    sent: list[str] = []

    def send(name: str) -> bool:
        sent.append(name)
        if len(sent) == 2:
            raise RuntimeError("nobody expected this")
        return True

    gathered = Gathered(send, seconds=0.02)
    _ask_until(gathered, lambda: len(sent) >= 4)
    assert len(sent) >= 4


def _ask_until(gathered: Gathered, is_so: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        gathered.ask("look")
        time.sleep(0.001)


def test_where_no_thread_can_be_had_it_goes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    sent = Sent()
    gathered = Gathered(sent.send, seconds=60)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert gathered.ask("look")
    assert gathered.ask("look")
    assert sent == ["look", "look"]


ENDING = """
import os, threading
from aqad.core.gathering import Gathered

def send(name):
    os.write(1, f"{name} by the {'parent' if os.getpid() == parent else 'child'}\\n".encode())
    return True

parent, gathered = os.getpid(), Gathered(send, seconds=0.2)

def work():  # as a server's threads are
    gathered.ask("look")
    gathered.ask("look")

thread = threading.Thread(target=work, daemon=True)
thread.start()
thread.join()
child = os.fork()
if child == 0:
    gathered.ask("look")
    os._exit(0)
os.waitpid(child, 0)
"""


def test_a_process_that_ends_sends_what_waits_and_a_forked_child_begins_anew() -> None:
    ended = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=20, check=True)
    assert ended.stdout.splitlines() == ["look by the parent", "look by the child", "look by the parent"]


@pytest.fixture
def broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, tuple[Any, ...], str]]]:
    """What was sent to it: the task, its arguments, and the request that the message names as its cause."""
    sent: list[tuple[str, tuple[Any, ...], str]] = []

    def send_task(task: str, args: tuple[Any, ...] = (), **_: Any) -> None:
        sent.append((task, args, structlog.contextvars.get_contextvars().get("request_id", "")))

    monkeypatch.setattr(current_app, "send_task", send_task)
    monkeypatch.setattr(publishing, "_gathered", Gathered(publishing._send, seconds=PAUSE))
    settings.CELERY_TASK_ALWAYS_EAGER = False
    publishing.breaker.reset()
    yield sent
    publishing.breaker.reset()
    structlog.contextvars.unbind_contextvars("request_id")


def test_messages_to_workers_are_gathered_and_name_a_request_that_caused_them(broker: list[Any]) -> None:
    for number in range(10):
        structlog.contextvars.bind_contextvars(request_id=f"request-{number}")
        assert publishing.publish("audit.work_off")
    until = time.monotonic() + 5
    while len(broker) < 2 and time.monotonic() < until:
        time.sleep(0.005)
    assert broker == [("audit.work_off", (), "request-0"), ("audit.work_off", (), "request-1")]


def test_a_message_that_names_what_to_do_goes_by_itself(broker: list[Any]) -> None:
    for number in range(3):
        assert publishing.publish("catalog.import_products", number)
    assert [args for _task, args, _cause in broker] == [(0,), (1,), (2,)]


def test_a_broker_that_goes_away_meanwhile_hurts_nobody(broker: list[Any]) -> None:
    assert publishing.publish("audit.work_off")
    assert publishing.publish("audit.work_off")
    publishing.breaker.trip()
    assert not publishing.publish("audit.work_off")
    time.sleep(PAUSE * 1.5)
    assert len(broker) == 1
