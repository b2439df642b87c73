"""Asking a worker to look, without ever waiting for a broker that is away: the sweep finds what was not asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import current_app
from django.conf import settings

from aqad.core.breaker import Breaker
from aqad.core.gathering import Gathered

log = structlog.get_logger(__name__)
breaker = Breaker(seconds=10.0)
GATHERED_FOR = 0.2  # seconds that a worker may hear later of what follows close on something else


_held: dict[tuple[str, tuple[Any, ...]], None] | None = None


@contextmanager
def held() -> Iterator[Callable[[str], None]]:
    """Hold back what is published, each thing once, until the yielded function is called with the beginning of its name.

    For the demo, whose clock no worker shares. What is left is run when the block ends.
    """
    global _held
    _held = {}
    try:
        yield _run_held
        _run_held("")
    finally:
        _held = None


def publish(task: str, *args: Any) -> bool:
    """Send one task by name; call after commit. False when the broker is away (nothing is lost: beat's sweeps take over).

    A task without arguments looks for what there is to do: several within `GATHERED_FOR` are one.
    """
    if _held is not None:
        _held[task, args] = None
        return True
    if args or runs_here():
        return _send(task, *args)
    return not breaker.is_open and _gathered.ask(task)


def _send(task: str, *args: Any) -> bool:
    if breaker.is_open:
        return False
    try:
        if runs_here():
            run(task, *args)
        else:
            current_app.send_task(task, args=args, retry=False, ignore_result=True)
    except Exception as error:  # the broker's client raises its own, kombu's and socket errors
        breaker.trip()
        log.warning("broker_away", task=task, error=type(error).__name__)
        return False
    return True


_gathered = Gathered(_send, seconds=GATHERED_FOR)


def _run_held(prefix: str) -> None:
    while waiting := [key for key in _held or {} if key[0].startswith(prefix)]:
        for task, args in waiting:
            del (_held or {})[task, args]
            run(task, *args)


def run(task: str, *args: Any) -> None:
    """Run a task here and now, in this process."""
    _task(task).apply(args=args)


def runs_here() -> bool:
    """Whether what is published runs in this process before `publish` returns."""
    return _held is not None or bool(settings.CELERY_TASK_ALWAYS_EAGER)


def _task(name: str) -> Any:
    """A process that is no worker learns of the tasks only now."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    return current_app.tasks[name]
