"""What is written of calls, and what a reader makes of it."""

from __future__ import annotations

import threading
from pathlib import Path

import orjson
import pytest

from tests.proof.recorder import FAIL, OK, UNKNOWN, Answered, Call, Recorder, read

pytestmark = pytest.mark.embedded
CALL = Call("order", "/api/orders", {"items": []}, key="k1", token="secret-token", headers={"Accept": "application/json"})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, OK), (201, OK), (402, OK), (400, FAIL), (404, FAIL), (409, FAIL), (429, FAIL), (500, UNKNOWN), (503, UNKNOWN), (None, UNKNOWN)],
)
def test_tells_by_the_status_whether_it_happened(status: int | None, outcome: str) -> None:
    assert Answered(CALL, status).outcome == outcome


def test_writes_a_line_before_and_one_after(log: Path) -> None:
    with Recorder(log) as recorder:
        recorder.invoke(CALL)
        before = log.read_bytes().splitlines()
        recorder.complete(CALL, 201, {"id": "ORD1001"}, replayed=True)
    first, second = map(orjson.loads, log.read_bytes().splitlines())
    assert len(before) == 1
    assert (first["type"], first["id"], first["key"], first["body"]) == ("invoke", CALL.id, "k1", {"items": []})
    assert (second["type"], second["id"], second["answer"], second["replayed"]) == ("ok", CALL.id, {"id": "ORD1001"}, True)
    assert recorder.counted == {"invoke": 1, "ok": 1}


def test_writes_no_token(log: Path) -> None:
    with Recorder(log) as recorder:
        recorder.invoke(CALL)
        recorder.complete(CALL, 201)
    assert b"secret-token" not in log.read_bytes()


def test_reads_back_what_it_wrote(log: Path) -> None:
    lost = Call("refund", "/api/payments/PAY1001/refund", {"amount": "1.00"})
    with Recorder(log) as recorder:
        for call in (CALL, lost):
            recorder.invoke(call)
        recorder.complete(CALL, 409, {"code": "conflict"})
    found = read(log)
    assert [(answered.call.id, answered.outcome, answered.code) for answered in found] == [
        (CALL.id, FAIL, "conflict"),
        (lost.id, UNKNOWN, ""),
    ]
    assert (found[0].call.kind, found[0].call.path, found[0].call.body, found[0].call.key) == ("order", "/api/orders", {"items": []}, "k1")


def test_a_log_that_was_cut_off_is_read_up_to_there(log: Path) -> None:
    with Recorder(log) as recorder:
        recorder.invoke(CALL)
        recorder.complete(CALL, 201)
    log.write_bytes(log.read_bytes()[:-10])
    assert [answered.outcome for answered in read(log)] == [UNKNOWN]


def test_lines_of_many_threads_stay_whole(log: Path) -> None:
    def work() -> None:
        for _ in range(100):
            call = CALL.again()
            recorder.invoke(call)
            recorder.complete(call, 201, "x" * 5000)

    with Recorder(log) as recorder:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [answered.outcome for answered in read(log)] == [OK] * 800


def test_another_try_is_the_same_operation_under_an_id_of_its_own() -> None:
    again = CALL.again()
    assert (again.whole, again.body, again.token, again.headers) == (CALL.whole, CALL.body, CALL.token, CALL.headers)
    assert again.id != CALL.id
    unkeyed = Call("order", "/api/orders")
    assert unkeyed.again().whole != unkeyed.whole
