"""What nginx does before the application: storing, refusing, waiting for slow clients, and speaking when nobody else can."""

from __future__ import annotations

import http.client
import json
import resource
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack import front
from tests.stack.parts import wait_until
from tests.stack.stack import PASSWORD, Stack

STORED = "public, no-cache"  # what nginx makes of an answer's Cache-Control when it comes out of its store
IDLE = 10_000


def test_the_configuration_that_is_shipped_is_valid(tmp_path: Path) -> None:
    servers = ["server 127.0.0.1:8001 weight=2;", "server 127.0.0.1:8002;", "server 127.0.0.1:8003 backup;"]
    command = front.write(tmp_path, listen="127.0.0.1:8999", servers=servers, static=tmp_path, media=tmp_path)
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "${AQAD_" not in (tmp_path / "nginx.conf").read_text()


@pytest.mark.parametrize("path", ["/api/products", "/api/categories", "/api/brands", "/", "/products"])
def test_public_lists_come_out_of_the_store(stack: Stack, trade: Any, path: str) -> None:
    client = stack.client(headers={"Accept": "*/*"})
    first = wait_until(lambda: built(client.get(path)), 20, "an answer that can be stored")
    again = wait_until(lambda: stored(client.get(path)), 20, "an answer out of the store")
    assert again.content == first.content
    assert client.get(path, headers={"If-None-Match": again.headers["ETag"]}).status_code in {200, 304}


def test_what_is_asked_with_a_token_or_a_session_is_never_stored_nor_answered_from_the_store(stack: Stack, trade: Any) -> None:
    stranger, shop = stack.client(), stack.client(trade["shops"][0]["token"])
    session = stack.client(cookies={"sessionid": "somebody"})
    path = f"/api/products?search={uuid.uuid4().hex}"
    assert not any(stored(client.get(path)) for client in (shop, session, shop, session))
    wait_until(lambda: stored(stranger.get(path)), 20, "an answer out of the store")
    assert not any(stored(client.get(path)) for client in (shop, session))


def test_one_request_fetches_a_page_for_all_who_want_it(stack: Stack, trade: Any) -> None:
    given, path = f"herd-{uuid.uuid4().hex}", f"/api/products?search={uuid.uuid4().hex}"
    clients = [stack.client(headers={"X-Request-ID": given}) for _ in range(20)]
    for client in clients:
        client.get("/healthz")
    with ThreadPoolExecutor(len(clients)) as herd:
        assert {answer.status_code for answer in herd.map(lambda client: client.get(path), clients)} == {200}
    asked = wait_until(lambda: len(found := from_the_store(stack, given)) == len(clients) and found, 20, "nginx to write its log")
    assert (asked.count("MISS"), asked.count("HIT")) == (1, len(clients) - 1)


def test_a_page_is_given_on_for_a_second_while_the_next_one_is_fetched(stack: Stack, trade: Any) -> None:
    given, path = f"stale-{uuid.uuid4().hex}", f"/api/products?search={uuid.uuid4().hex}"
    client = stack.client(headers={"X-Request-ID": given})

    def was_stale() -> bool:
        assert client.get(path).status_code == 200
        return "STALE" in from_the_store(stack, given)

    wait_until(was_stale, 30, "a page in its last second")


def test_another_accept_is_another_answer(stack: Stack, trade: Any) -> None:
    client = stack.client()
    wait_until(lambda: stored(client.get("/api/products", headers={"Accept": "application/json"})), 20, "an answer out of the store")
    refused = client.get("/api/products", headers={"Accept": "application/json; version=9"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")


def test_a_change_reaches_strangers_whatever_is_stored(stack: Stack, trade: Any) -> None:
    path, vendor, name = f"/api/products?vendor={trade['vendor']['id']}", stack.client(trade["vendor"]["token"]), f"Cola {uuid.uuid4().hex}"
    assert name not in stack.client().get(path).text
    assert vendor.patch(f"/api/products/{trade['products'][1]}", json={"name": name}).status_code == 200
    wait_until(lambda: name in stack.client().get(path).text, 30, "the new name")


@pytest.mark.parametrize("path", ["/api/products", "/api/notifications", "/", "/static/missing.css", "/metrics"])
def test_every_answer_has_one_request_id(stack: Stack, path: str) -> None:
    client, given = stack.client(), f"call-{uuid.uuid4().hex}"
    for _ in range(2):
        assert client.get(path, headers={"X-Request-ID": given}).headers.get_list("X-Request-ID") == [given]
    (made,) = client.get(path, headers={"X-Request-ID": "<script>"}).headers.get_list("X-Request-ID")
    assert (8 <= len(made) <= 64, "<" in made) == (True, False)


def test_the_application_hears_the_true_address_and_no_forged_one(stack: Stack, trade: Any) -> None:
    forged = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "X-Request-ID": f"call-{uuid.uuid4().hex}"}
    answer = stack.client().post("/api/auth/login", json={"email": "staff@aqad.test", "password": PASSWORD}, headers=forged)
    assert answer.status_code == 200
    wrote = "SELECT host(o.ip) FROM audit_eventorigin o JOIN audit_event e ON e.id = o.event_id WHERE e.request_id = %s"
    assert stack.sql(wrote, forged["X-Request-ID"]) == "127.0.0.1"


@pytest.mark.parametrize(("path", "is_json"), [("/api/products", True), ("/vendor/products/new", False)])
def test_what_is_too_large_is_refused_before_it_is_sent(stack: Stack, path: str, is_json: bool) -> None:
    status, headers, body = raw(stack, "POST", path, {"Content-Length": str(53 * 1024 * 1024)})
    assert (status, "X-Request-ID" in headers) == (413, True)
    if is_json:
        assert json.loads(body) == {"success": False, "code": "too_large", "message": "The request is too large."}
    else:
        assert b"too large" in body
        assert headers["Content-Type"].startswith("text/html")


def test_a_header_that_is_too_large_is_refused_in_the_apis_shape(stack: Stack) -> None:
    status, headers, body = raw(stack, "GET", "/api/products", {"X-Large": "x" * 40_000})
    assert (status, json.loads(body)["code"], headers["Content-Type"]) == (400, "malformed", "application/json")


def test_metrics_are_nobodys_business_outside(stack: Stack) -> None:
    answer = stack.client().get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    inside = httpx.get(f"{stack.webs[0].url}/metrics")
    assert "aqad_orders" in inside.text


def test_static_files_are_compressed_and_kept_for_ever(stack: Stack) -> None:
    path = hashed_css(stack)
    for encoding in ("gzip", *(["br"] if front.has_brotli() else [])):
        answer = stack.client().get(path, headers={"Accept-Encoding": encoding})
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pictures_come_from_the_disk(stack: Stack) -> None:
    name = f"products/{uuid.uuid4().hex}.webp"
    file = Path(stack.env["AQAD_STATE_DIR"]) / "files" / "public" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"RIFF picture")
    answer = stack.client().get(f"/media/{name}")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"RIFF picture", "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert stack.client().get(f"/media/products/{uuid.uuid4().hex}.webp").status_code == 404


def test_slow_clients_keep_nobody_waiting(stack: Stack, trade: Any) -> None:
    with connections(stack, 300) as slow:
        for number, one in enumerate(slow):
            one.sendall(b"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n")
            if number % 2:
                one.sendall(b"Content-Length: 900\r\n\r\n{")
        for path in ("/api/products", f"/api/products/{trade['products'][0]}", "/healthz"):
            assert stack.client().get(path).status_code == 200


def test_ten_thousand_idle_connections_keep_nobody_waiting(stack: Stack, trade: Any) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard > IDLE + 500, "this machine lets one process open too few connections"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, IDLE + 500), hard))
    with connections(stack, IDLE) as idle:
        for one in idle:
            one.sendall(
                b"GET /static/missing.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                if one is idle[0]
                else b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
            )
        for one in idle:
            assert one.recv(64).startswith(b"HTTP/1.1 404")
        assert stack.client().get(f"/api/products/{trade['products'][0]}").status_code == 200
        idle[-1].sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        wait_until(lambda: b"HTTP/1.1 200" in idle[-1].recv(65536), 20, "an answer on a connection that was idle")


def test_says_so_itself_when_no_web_server_is_there(stack: Stack, trade: Any) -> None:
    css = hashed_css(stack)
    for web in stack.webs:
        web.kill()
    try:
        api, page = stack.client().get(f"/api/products/{trade['products'][0]}"), stack.client().post("/sign-in", data={"a": "b"})
        assert (api.status_code, api.json()["code"], api.headers["Retry-After"]) == (503, "unavailable", "2")
        assert (page.status_code, page.headers["Content-Type"], "try again" in page.text) == (503, "text/html", True)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert stack.client().get(css).status_code == 200
    finally:
        for web in stack.webs:
            web.start(wait=False)
        for web in stack.webs:
            web.wait_until_ready()
    wait_until(lambda: stack.client().get(f"/api/products/{trade['products'][0]}").status_code == 200, 20, "service to be back")


def built(answer: httpx.Response) -> httpx.Response | None:
    assert answer.status_code == 200, answer.text
    return answer if "max-age" in answer.headers["Cache-Control"] else None


def stored(answer: httpx.Response) -> httpx.Response | None:
    assert answer.status_code == 200, answer.text
    return answer if answer.headers["Cache-Control"] == STORED else None


def from_the_store(stack: Stack, request_id: str) -> list[str]:
    """What nginx noted of its store for the requests with this id."""
    return [line["cache"] for line in stack.passed_on() if line["request_id"] == request_id and line["cache"]]


def hashed_css(stack: Stack) -> str:
    static = Path(stack.env["AQAD_STATE_DIR"]) / "static"
    return next(f"/static/{path.relative_to(static)}" for path in sorted(static.glob("css/*.css")) if path.name.count(".") == 2)


def raw(stack: Stack, method: str, path: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
    """Only the head of a request; its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=20)
    connection.putrequest(method, path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


@contextmanager
def connections(stack: Stack, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as cleanup:
        made = []
        for count in range(number):
            made.append(cleanup.enter_context(socket.create_connection(("127.0.0.1", stack.port), timeout=30)))
            if count % 500 == 499:
                time.sleep(0.05)  # so that nginx takes them out of the kernel's queue
        yield made
