"""A TCP proxy that stands before any server and fails it in chosen ways, switched while it runs.

Each switch holds for the connections that are open and for those to come, until the next one. The proxy runs in a thread of its own.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

CHUNK = 64 * 1024
SLICES_A_SECOND = 20  # in how many pieces a slow second is passed on
SECONDS_TO_SWITCH = 10.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: closing sends RST

Writer = asyncio.StreamWriter


class Proxy:
    """`127.0.0.1:port` before `host:upstream`, or before the Unix socket at the path `host`. Passes everything on until told otherwise."""

    def __init__(self, host: str, upstream: int) -> None:
        self.host, self.upstream, self.port = host, upstream, 0
        self._rate, self._delay = 0, 0.0
        self._open: set[Writer] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> Proxy:
        self._thread.start()
        self._wait_for(self._begin())
        return self

    def stop(self) -> None:
        """End everything; the port is free afterwards."""
        self._wait_for(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS_TO_SWITCH)
        self._loop.close()

    def open(self) -> None:
        """Pass everything on, at once. What was swallowed before arrives now."""
        self._switch(rate=0, delay=0.0, flows=True)

    def slow(self, bytes_a_second: int) -> None:
        """Pass on so many bytes a second, per connection and direction."""
        self._switch(rate=bytes_a_second, delay=0.0, flows=True)

    def delay(self, seconds: float) -> None:
        """Hold every piece back for so long."""
        self._switch(rate=0, delay=seconds, flows=True)

    def swallow(self) -> None:
        """A black hole: connections are accepted, nothing is passed on in either direction, nobody hangs up."""
        self._switch(rate=0, delay=0.0, flows=False)

    def cut(self) -> None:
        """End the open connections politely (FIN); new ones are as before."""
        self._wait_for(self._close_all(reset=False))

    def reset(self) -> None:
        """Break the open connections off (RST); new ones are as before."""
        self._wait_for(self._close_all(reset=True))

    def refuse(self) -> None:
        """As if the server's process had died: open connections are broken off, new ones refused, until `open` and the like."""
        self._wait_for(self._refuse())

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._open) // 2

    def _switch(self, *, rate: int, delay: float, flows: bool) -> None:
        async def switch() -> None:
            self._rate, self._delay = rate, delay
            (self._flows.set if flows else self._flows.clear)()
            if self._server is None:
                await self._listen()

        self._wait_for(switch())

    def _wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS_TO_SWITCH)

    async def _begin(self) -> None:
        self._flows = asyncio.Event()
        self._flows.set()
        await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._close_all(reset=True)

    async def _end(self) -> None:
        await self._refuse()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _close_all(self, *, reset: bool) -> None:
        for writer in list(self._open):
            _close(writer, reset=reset)
        self._open.clear()
        await asyncio.sleep(0)

    async def _serve(self, client_reader: asyncio.StreamReader, client: Writer) -> None:
        await self._flows.wait()
        try:
            server_reader, server = await self._connect()
        except OSError:
            _close(client, reset=True)
            return
        pair = {client, server}
        self._open |= pair
        try:
            with suppress(asyncio.CancelledError):  # we are being stopped
                await asyncio.gather(self._pump(client_reader, server), self._pump(server_reader, client))
        finally:
            self._open -= pair
            for writer in pair:
                _close(writer, reset=False)

    async def _connect(self) -> tuple[asyncio.StreamReader, Writer]:
        if self.host.startswith("/"):
            return await asyncio.open_unix_connection(self.host)
        return await asyncio.open_connection(self.host, self.upstream)

    async def _pump(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """One direction, until its sender is done; the other one may still flow. Who was broken off breaks the other end off, too."""
        try:
            while data := await reader.read(CHUNK):
                await self._pass_on(data, writer)
            await self._flows.wait()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            await self._flows.wait()
            _close(writer, reset=True)

    async def _pass_on(self, data: bytes, writer: Writer) -> None:
        while data:
            await self._flows.wait()
            await asyncio.sleep(self._delay)
            size = max(1, self._rate // SLICES_A_SECOND) if self._rate else len(data)
            piece, data = data[:size], data[size:]
            await self._flows.wait()  # it may have become a black hole meanwhile
            writer.write(piece)
            await writer.drain()
            if self._rate:
                await asyncio.sleep(len(piece) / self._rate)


@contextmanager
def standing_before(host: str, port: int) -> Iterator[Proxy]:
    """A proxy for as long as the block lasts."""
    proxy = Proxy(host, port).start()
    try:
        yield proxy
    finally:
        proxy.stop()


def _close(writer: Writer, *, reset: bool) -> None:
    """At once, whatever was still to be sent where `reset`."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    close: Callable[[], None] = writer.close
    if reset and connection is not None and connection.fileno() >= 0:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        close = writer.transport.abort
    with suppress(OSError, RuntimeError):
        close()
