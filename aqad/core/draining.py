"""Whether this server was asked to end: it still answers everybody, but nobody new should be sent here (`aqad.serve` says when)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[..., Iterable[bytes]]
MARK = "AQAD_DRAINING"  # the environment's name for the file that is there once the server was asked to end


def is_draining() -> bool:
    mark = os.environ.get(MARK)
    return bool(mark) and os.path.exists(str(mark))


def parting(application: Application) -> Application:
    """The WSGI application, whose last answers end their connections.

    Whoever keeps one would send a request on it at the moment in which it is closed; nginx gives an order to no other server then.
    """

    def entered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not is_draining():
            return application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *more)

        return application(environ, start)

    return entered
