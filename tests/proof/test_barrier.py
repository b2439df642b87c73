"""All but the last byte first, then the last bytes together; whatever a server does with it is an answer or unknown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proof.barrier import at_once, send
from tests.proof.recorder import FAIL, OK, UNKNOWN, Call, Recorder

pytestmark = pytest.mark.embedded
CREATED = b'HTTP/1.1 201 Created\r\nContent-Length: 16\r\nIdempotency-Replayed: true\r\n\r\n{"id":"ORD1001"}'
Answer = Callable[[socket.socket], None]


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "calls.jsonl") as opened:
        yield opened


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """The address of a server that gives each connection to `answer`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def whole_request(connection: socket.socket) -> bytes:
    """All of it, as its Content-Length says."""
    got = b""
    while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < length_of(got):
        got += connection.recv(65536)
    return got


def length_of(request: bytes) -> int:
    line = next((line for line in request.split(b"\r\n") if line.lower().startswith(b"content-length:")), b"content-length: 0")
    return int(line.partition(b":")[2])


def saying(raw: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        with connection:
            whole_request(connection)
            connection.sendall(raw)

    return answer


def test_sends_a_whole_request_with_its_key_token_and_request_id(recorder: Recorder) -> None:
    seen: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        with connection:
            seen.append(whole_request(connection))
            connection.sendall(CREATED)

    call = Call("order", "/api/orders", {"items": [1]}, key="k1", token="t1", headers={"Accept": "application/json"})
    with answering(answer) as url:
        answered = send(recorder, url, call)
    assert (answered.status, answered.body, answered.replayed, answered.outcome) == (201, {"id": "ORD1001"}, True, OK)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /api/orders HTTP/1.1"
    assert {f"X-Request-ID: {call.id}", "Authorization: Bearer t1", "Idempotency-Key: k1", "Accept: application/json"} <= set(lines)
    assert body == b'{"items":[1]}'


def test_no_request_is_whole_before_all_are_there_but_for_a_byte(recorder: Recorder) -> None:
    """The server counts how many have arrived; whoever gets its last byte must find them all."""
    arrived, whole = [], []
    lock = threading.Lock()

    def answer(connection: socket.socket) -> None:
        with connection:
            got = b""
            while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < length_of(got) - 1:
                got += connection.recv(len(got) + 1 if b"\r\n\r\n" in got else 1)
            with lock:
                arrived.append(1)
            connection.recv(1)
            with lock:
                whole.append(len(arrived))
            connection.sendall(CREATED)

    with answering(answer) as url:
        answers = at_once(recorder, url, [Call("order", "/api/orders", {"n": 1}) for _ in range(20)], last=lambda: _wait_for(arrived, 20))
    assert [answered.outcome for answered in answers] == [OK] * 20
    assert whole == [20] * 20


def test_also_runs_what_has_no_door_and_raises_what_that_raised(recorder: Recorder) -> None:
    done: list[str] = []
    with answering(saying(CREATED)) as url:
        at_once(recorder, url, [Call("order", "/api/orders", {})], also=[lambda: done.append("expiry")])
        assert done == ["expiry"]
        with pytest.raises(ZeroDivisionError):
            at_once(recorder, url, [Call("order", "/api/orders", {})], also=[lambda: 1 / 0])


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (b"", UNKNOWN),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{", UNKNOWN),
        (b"HTTP/1.1 2", UNKNOWN),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", UNKNOWN),
        (b'HTTP/1.1 409 Conflict\r\nContent-Length: 19\r\n\r\n{"code":"conflict"}', FAIL),
        (b"HTTP/1.1 204 No Content\r\n\r\n", OK),
    ],
)
def test_an_answer_that_is_not_whole_is_unknown(recorder: Recorder, raw: bytes, outcome: str) -> None:
    with answering(saying(raw)) as url:
        assert send(recorder, url, Call("order", "/api/orders", {})).outcome == outcome


def test_a_server_that_is_silent_or_away_is_unknown(recorder: Recorder) -> None:
    with answering(lambda connection: threading.Event().wait(5)) as url:  # type: ignore[arg-type,return-value]
        assert send(recorder, url, Call("order", "/api/orders", {}), seconds=0.2).outcome == UNKNOWN
    with socket.create_server(("127.0.0.1", 0)) as gone:
        away = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert send(recorder, away, Call("order", "/api/orders", {})).outcome == UNKNOWN


def _wait_for(found: list[int], count: int) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if len(found) >= count:
            return
        waiting.wait(0.01)
    raise AssertionError(f"{len(found)} of {count} arrived")
