"""A stand-in for clamd on a socket: it speaks PING, VERSION and INSTREAM, finds the EICAR test file, and can misbehave."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aqad.dashboard.ops.checks.storage import EICAR

# What it answers to a scan instead of the truth, by how it misbehaves; None: it hangs up without a word.
MISBEHAVING: dict[str, bytes | None] = {
    "cut": None,
    "cut in the middle": b"stream: O",
    "garbage": b"\xff\xfe\x00",
    "endless": b"x" * 10_000,
    "size limit": b"INSTREAM size limit exceeded. ERROR\0",
    "not its stream": b"other: OK\0",
    "empty": b"\0",
}


class Scanner:
    """`seen` holds every content it was sent; `manner` is "well" or a way to misbehave, "silent" among them."""

    def __init__(self) -> None:
        self.manner, self.seen, self.finished = "well", list[bytes](), threading.Event()

    def answer(self, line: socket.socket) -> bytes | None:
        with line.makefile("rb") as sent:
            command = _until_nul(sent)
            if command == b"zPING":
                return b"PONG\0"
            if command == b"zVERSION":
                return b"ClamAV 1.4.3/27000\0"
            if command != b"zINSTREAM":
                return b"UNKNOWN COMMAND\0"
            content = b""
            while length := struct.unpack(">I", sent.read(4))[0]:
                content += sent.read(length)
        self.seen.append(content)
        if self.manner == "silent":
            self.finished.wait(30)
            return None
        if self.manner != "well":
            return MISBEHAVING[self.manner]
        return b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"


@contextmanager
def a_scanner(folder: Path | None = None) -> Iterator[tuple[Scanner, str]]:
    """A running stand-in and its address: TCP, or a Unix socket in `folder`."""
    scanner = Scanner()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            answer = scanner.answer(self.request)
            if answer is not None:
                self.request.sendall(answer)

    class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
        address_family = socket.AF_UNIX if folder else socket.AF_INET
        allow_reuse_address = daemon_threads = True

    place = str(folder / "clamd.ctl") if folder else ("127.0.0.1", 0)
    with Server(place, Handler) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield scanner, f"unix://{place}" if folder else f"tcp://127.0.0.1:{server.server_address[1]}"
        finally:
            scanner.finished.set()
            server.shutdown()
            thread.join(10)


def _until_nul(sent: object) -> bytes:
    got = b""
    while not got.endswith(b"\0"):
        got += sent.read(1)  # type: ignore[attr-defined]
    return got[:-1]
