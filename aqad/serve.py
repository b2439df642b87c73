"""The web server. Asked to end, it first says so on /readyz, waits until nobody is sent here any more, and ends what it has begun.

python -m aqad.serve --port 8000 --workers 2 --drain 5
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from aqad.core.draining import MARK

SECONDS_TO_FINISH = 30  # for requests that are running when the drain is over; no request may take longer (statement_timeout is 10)


def main() -> None:
    options = read_arguments()
    with tempfile.TemporaryDirectory(prefix="aqad-web-") as folder:
        os.environ[MARK] = str(Path(folder) / "draining")
        server = Granian(
            options.application,
            address=options.host,
            port=options.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,  # what nginx speaks with it
            workers=options.workers,
            blocking_threads=options.threads,
            backlog=2048,
            websockets=False,
            workers_kill_timeout=SECONDS_TO_FINISH,
            respawn_failed_workers=True,
        )
        drain_first(server, Path(os.environ[MARK]), options.drain)
        server.serve()


def drain_first(server: Any, mark: Path, seconds: float) -> None:
    """Put the drain between the signal to end and the end; a second signal ends it at once."""
    end = server.signal_handler_interrupt

    def begin(*_: Any) -> None:
        if mark.exists():
            end()
            return
        mark.touch()
        waiting = threading.Timer(seconds, end)
        waiting.daemon = True
        waiting.start()

    server.signal_handler_interrupt = begin


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m aqad.serve", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("application", nargs="?", default="aqad.wsgi:application")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=8, help="requests that one process works on at the same time")
    parser.add_argument("--drain", type=float, default=5.0, help="seconds between the signal to end and the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
