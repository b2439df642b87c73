"""The application and its workers, which kill themselves at exact places: where a file of the place's name lies in FAULTS_FOLDER.

Whoever reaches the place first takes the file away and dies by SIGKILL, so that one file is one death. In all else they are the real ones.
While a file `fivefold` lies there, each task is given to the broker five times.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

from aqad.celery import app as app
from aqad.wsgi import application as _real
from tests.faults import places

HALFWAY = 0.2  # seconds
_folder = Path(os.environ["FAULTS_FOLDER"])


def die_at(place: str) -> None:
    try:
        (_folder / place).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The real one, which may die when an order is committed and nobody knows of it yet."""
    said: list[str] = []

    def start(status: str, *rest: Any) -> Any:
        said.append(status)
        return start_response(status, *rest)

    answer = _real(environ, start)
    if environ["PATH_INFO"] == "/api/orders" and said and said[0].startswith("201"):
        die_at(places.COMMITTED)
    return answer


def _install() -> None:
    from aqad.notifications import actions as notifying
    from catalog.actions import stock
    from orders.api import at_once
    from payments.gateways.guard import GuardedGateway

    for owner, name, place in (
        (stock, "reserve", places.RESERVED),
        (GuardedGateway, "charge", places.CHARGED),
        (GuardedGateway, "refund", places.REFUNDED),
        (notifying, "_send", places.MAILED),
    ):
        setattr(owner, name, _dying(getattr(owner, name), place))
    at_once._run = _dying_meanwhile(at_once._run, places.PLACING)
    send = app.send_task

    def send_fivefold(*args: Any, **options: Any) -> Any:
        for _ in range(5 if (_folder / places.FIVEFOLD).exists() else 1):
            sent = send(*args, **options)
        return sent

    app.send_task = send_fivefold


def _dying(work: Callable[..., Any], place: str) -> Callable[..., Any]:
    """The same, which may die when it is done and before anything is made of what it returned."""

    @wraps(work)
    def do(*args: Any, **options: Any) -> Any:
        done = work(*args, **options)
        die_at(place)
        return done

    return do


def _dying_meanwhile(work: Callable[..., Any], place: str) -> Callable[..., Any]:
    """The same, which may die while it is done, if that takes as long as `HALFWAY`."""

    @wraps(work)
    def do(*args: Any, **options: Any) -> Any:
        death = threading.Timer(HALFWAY, die_at, (place,))
        if (_folder / place).exists():
            death.start()
        try:
            return work(*args, **options)
        finally:
            death.cancel()

    return do


_install()
