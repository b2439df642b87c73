"""What the proxy does to a connection, seen from both of its ends."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.proof.proxy import Proxy, standing_before

pytestmark = pytest.mark.embedded
MOMENT = 0.3  # seconds in which anything that flows would have come


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    with standing_before("127.0.0.1", echo) as standing:
        yield standing


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with connect(proxy) as connection:
        yield connection


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=10)


def said(client: socket.socket, words: bytes) -> bytes:
    """What comes back of these words."""
    client.sendall(words)
    got = b""
    while len(got) < len(words):
        got += client.recv(65536)
    return got


def assert_silent(client: socket.socket) -> None:
    client.settimeout(MOMENT)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(10)


def test_passes_everything_on_in_both_directions(client: socket.socket) -> None:
    words = bytes(range(256)) * 4096
    sender = threading.Thread(target=client.sendall, args=(words,))
    sender.start()
    got = b""
    while len(got) < len(words):
        got += client.recv(65536)
    sender.join()
    assert got == words


def test_passes_the_end_of_one_direction_on_and_lets_the_other_flow(client: socket.socket) -> None:
    client.sendall(b"last words")
    client.shutdown(socket.SHUT_WR)
    assert client.recv(100) == b"last words"
    assert client.recv(100) == b""


def test_swallows_what_comes_and_gives_it_back_when_opened(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    proxy.swallow()
    client.sendall(b"two")
    assert_silent(client)
    with connect(proxy) as late:  # accepted, and nothing more
        late.sendall(b"three")
        assert_silent(late)
        proxy.open()
        assert late.recv(100) == b"three"
    assert client.recv(100) == b"two"


def test_cuts_open_connections_with_an_end(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    proxy.cut()
    assert client.recv(100) == b""
    with connect(proxy) as new:
        assert said(new, b"two") == b"two"


def test_resets_open_connections(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        client.recv(100)
    with connect(proxy) as new:
        assert said(new, b"two") == b"two"


def test_refuses_new_connections_until_opened(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    port = proxy.port
    proxy.refuse()
    with pytest.raises(ConnectionResetError):
        client.recv(100)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.open()
    assert proxy.port == port
    with connect(proxy) as new:
        assert said(new, b"two") == b"two"


def test_delays_what_it_passes_on(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    proxy.delay(MOMENT)
    begun = time.monotonic()
    assert said(client, b"two") == b"two"
    assert time.monotonic() - begun >= 2 * MOMENT  # there and back; a slow machine only adds to it


def test_passes_on_no_more_bytes_a_second_than_it_was_told(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    proxy.slow(1000)
    begun = time.monotonic()
    assert said(client, b"x" * 500) == b"x" * 500
    assert time.monotonic() - begun >= 0.45
    proxy.open()
    assert said(client, b"y" * 50_000) == b"y" * 50_000


def test_an_upstream_that_is_away_is_a_reset() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = int(gone.getsockname()[1])
    with standing_before("127.0.0.1", port) as proxy, pytest.raises(ConnectionResetError), connect(proxy) as client:
        client.recv(100)  # unless the reset was there before the connection was ours


def test_counts_its_connections(proxy: Proxy, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    assert proxy.connections == 1


def test_stands_before_a_unix_socket_as_well(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "echo"))
    listener.listen()
    with listener, standing_before(str(tmp_path / "echo"), 0) as proxy, connect(proxy) as client:
        client.sendall(b"order")
        server, _ = listener.accept()
        with server:
            assert server.recv(100) == b"order"
            server.sendall(b"placed")
            assert client.recv(100) == b"placed"


def test_tells_the_server_of_a_client_that_was_killed_with_an_answer_unread() -> None:
    """Its kernel sends a reset, no farewell; a server that is not told goes on holding what it holds for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, standing_before("127.0.0.1", listener.getsockname()[1]) as proxy:
        client = connect(proxy)
        client.sendall(b"order")
        server, _ = listener.accept()
        with server:
            server.settimeout(5)
            assert server.recv(100) == b"order"
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            with suppress(ConnectionResetError):
                assert server.recv(100) == b""
