"""A process works on few requests at a time, in their order, and never stands still because those few wait for something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from aqad.core.turns import Turns, in_turn


@dataclass
class Visitors:
    """Threads that take a turn each, tell when they have it, and keep it until they are let go."""

    turns: Turns
    came: list[str] = field(default_factory=list)
    _leave: dict[str, threading.Event] = field(default_factory=dict)
    _threads: dict[str, threading.Thread] = field(default_factory=dict)

    def send(self, name: str, during: Callable[[], None] = lambda: None) -> None:
        """Let one stand in line, behind those sent before."""
        leave = self._leave[name] = threading.Event()

        def visit() -> None:
            self.turns.take()
            self.came.append(name)
            during()
            leave.wait(10)
            self.turns.give_back()

        thread = self._threads[name] = threading.Thread(target=visit, daemon=True)
        before = len(self.turns._waiting)
        thread.start()
        _until(lambda: name in self.came or len(self.turns._waiting) > before)

    def let_go(self, name: str) -> None:
        self._leave[name].set()
        self._threads[name].join(10)

    def end(self) -> None:
        for name in self._threads:
            self.let_go(name)


@contextmanager
def visiting(turns: Turns) -> Iterator[Visitors]:
    visitors = Visitors(turns)
    try:
        yield visitors
    finally:
        visitors.end()


def test_lets_few_in_and_the_others_in_the_order_in_which_they_came() -> None:
    with visiting(Turns(2, patience=30)) as visitors:
        for name in "abcd":
            visitors.send(name)
        assert visitors.came == ["a", "b"]

        visitors.let_go("b")
        _until(lambda: len(visitors.came) == 3)
        visitors.let_go("a")
        _until(lambda: len(visitors.came) == 4)

    assert visitors.came == ["a", "b", "c", "d"]


def test_who_waits_for_another_system_lets_the_next_one_in_and_comes_back_in_line() -> None:
    answered, back = threading.Event(), threading.Event()
    turns = Turns(1, patience=30)

    def pay() -> None:
        with turns.lent():
            answered.wait(10)
        back.set()

    with visiting(turns) as visitors:
        visitors.send("payer", pay)
        _until(lambda: turns._free == 1)
        visitors.send("reader")
        assert visitors.came == ["payer", "reader"]

        answered.set()
        _until(lambda: len(turns._waiting) == 1)
        assert not back.is_set()
        visitors.let_go("reader")
        assert back.wait(10)


def test_one_more_goes_ahead_each_time_that_nobody_has_moved_for_a_while() -> None:
    with visiting(Turns(1, patience=0.05)) as visitors:
        for name in "abc":
            visitors.send(name)
        _until(lambda: visitors.came == ["a", "b", "c"])

        for name in "abc":
            visitors.let_go(name)
        visitors.turns.patience = 30
        visitors.send("d")
        visitors.send("e")
        assert visitors.came == ["a", "b", "c", "d"]  # as few as before are let in again


def test_nothing_happens_to_who_has_no_turn() -> None:
    turns = Turns(1)

    with turns.lent():
        assert turns._free == 1

    assert turns._free == 1


def test_a_turn_is_given_back_whatever_went_wrong() -> None:
    turns = Turns(1)

    def fail(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        assert turns._free == 0
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            in_turn(fail, turns)({}, None)

    assert turns._free == 1


def _until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "It did not come to that."
        time.sleep(0.002)
