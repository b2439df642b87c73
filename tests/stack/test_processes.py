"""Web servers, workers and beat are ended and killed while they work: no request and no task is lost, and none is done twice."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import uuid
from typing import Any

import httpx

from tests.stack.parts import children, wait_until
from tests.stack.stack import Stack
from tests.stack.visitors import order_body, ordering, reading, searching, visiting

HEADINGS = ("name", "pack_size", "category", "price", "quantity", "brand", "sku")
ROWS = 5000


def test_a_web_server_is_restarted_and_no_request_is_lost(stack: Stack, trade: Any) -> None:
    web, product = stack.webs[1], trade["products"][0]
    before = stack.sql("SELECT count(*) FROM orders_order")
    calls = [(stack.client(shop["token"]), ordering(product, shop["address"])) for shop in trade["shops"]]
    calls += [(stack.client(), reading(f"/api/products/{product}")), (stack.client(), searching())]
    with visiting(calls, pause=0.05) as seen:
        wait_until(lambda: seen.counts["201"] > 10, 60, "some orders")
        web.send(signal.SIGTERM)
        told = wait_until(lambda: draining(web.url), 20, "it to say that it ends")
        assert told == {"status": "draining"}
        assert httpx.get(f"{web.url}/healthz").status_code == 200
        web.wait_until_ended()
        ended_at = seen.counts["201"]
        wait_until(lambda: seen.counts["201"] > ended_at + 10, 60, "orders without it")
        web.start()
        started_at = seen.counts["201"]
        wait_until(lambda: seen.counts["201"] > started_at + 10, 60, "orders with it")
    assert seen.failed == {}, seen.bodies[:3]
    assert stack.sql("SELECT count(*) FROM orders_order") - before == seen.counts["201"]


def test_a_web_server_is_killed_and_readers_do_not_notice(stack: Stack, trade: Any) -> None:
    web, product, told = stack.webs[0], trade["products"][0], len(stack.passed_on())
    with visiting([(stack.client(), reading(f"/api/products/{product}")) for _ in range(4)], pause=0.02) as seen:
        # A server that was found dead gets nothing for a second, not even when it is back: nginx must count on the other again.
        wait_until(lambda: min(answers_by_web_server(stack, told)) > 10, 60, "answers of both")
        web.kill()
        killed_at = seen.counts["200"]
        wait_until(lambda: seen.counts["200"] > killed_at + 40, 60, "answers without it")
        web.start()
    assert seen.failed == {}, [line for line in stack.passed_on()[told:] if line["status"] != 200]


def test_the_database_is_killed_and_everybody_is_served_again_once_it_is_back(stack: Stack, trade: Any) -> None:
    product, shop = trade["products"][0], trade["shops"][0]
    before = stack.sql("SELECT count(*) FROM orders_order")
    stack.primary.kill()
    refused = stack.client(shop["token"]).post("/api/orders", json=order_body(product, shop["address"]))
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "unavailable", "2")
    stack.primary.start()

    def order() -> httpx.Response | None:
        answer = stack.client(shop["token"]).post("/api/orders", json=order_body(product, shop["address"]))
        return answer if answer.status_code == 201 else None

    wait_until(order, 60, "an order")
    assert stack.sql("SELECT count(*) FROM orders_order") == before + 1


def test_a_worker_that_is_asked_to_end_finishes_its_task(stack: Stack, trade: Any) -> None:
    worker, sent = stack.workers[0], send_products(stack, trade)
    wait_until(lambda: is_under_way(stack, sent), 60, "the import to be under way")
    worker.send(signal.SIGTERM)
    worker.wait_until_ended(120)
    try:
        assert outcome(stack, sent) == "done"
        assert loaded(stack, sent) == ROWS
    finally:
        worker.start()


def test_a_task_whose_process_is_killed_is_given_out_again_and_does_nothing_twice(stack: Stack, trade: Any) -> None:
    worker, sent = stack.workers[0], send_products(stack, trade)
    wait_until(lambda: is_under_way(stack, sent), 60, "the import to be under way")
    for child in children(worker.pid):
        os.kill(child, signal.SIGKILL)

    def given_out_again() -> bool:
        received = re.findall(r"Task catalog\.import_\w+\[([0-9a-f-]+)\] received", worker.log.read_text())
        return any(received.count(task) > 1 for task in received)

    wait_until(given_out_again, 60, "the task to be given out again")
    assert loaded(stack, sent) < ROWS
    # The dead process holds its lease for five minutes; the sweep that looks every minute takes it up then.
    stack.sql("UPDATE catalog_productimport SET leased_until = now() - interval '1 second' WHERE id = %s AND state = 'running'", sent["id"])
    stack.python("-m", "celery", "-A", "aqad", "call", "catalog.import_waiting")
    wait_until(lambda: outcome(stack, sent) == "done", 120, "the import to be done")
    assert loaded(stack, sent) == ROWS
    received = "SELECT count(*) FROM catalog_stockmovement m JOIN catalog_product p ON p.id = m.product_id WHERE p.sku LIKE %s"
    assert stack.sql(received, f"{sent['mark']}-%") == ROWS


def test_what_happened_while_no_worker_was_there_is_told_once(stack: Stack, trade: Any) -> None:
    worker, shop = stack.workers[0], trade["shops"][0]
    worker.kill()
    try:
        placed = stack.client(shop["token"]).post("/api/orders", json=order_body(trade["products"][0], shop["address"]))
        assert placed.status_code == 201
    finally:
        worker.start()
    order = placed.json()["id"]

    def told() -> list[str]:
        listed = stack.client(shop["token"]).get("/api/notifications?limit=100").json()["results"]
        return [one["kind"] for one in listed if one["subject"] == order]

    wait_until(told, 90, "the shop to be told")
    assert told() == ["order_placed"]


def test_beat_sends_what_is_due_and_a_worker_does_it(stack: Stack, trade: Any) -> None:
    """A bank that took the money without answering is asked every thirty seconds."""
    shop = trade["shops"][1]
    client, body = stack.client(shop["token"]), order_body(trade["products"][0], shop["address"], method="card")
    payment = client.post("/api/orders", json=body).json()["payment"]["id"]
    assert client.post(f"/api/payments/{payment}/confirm", json={"token": "tok_timeout"}).status_code == 202
    wait_until(lambda: client.get(f"/api/payments/{payment}").json()["status"] == "paid", 100, "the bank to be asked")


def test_every_promise_holds_after_all_that(stack: Stack) -> None:
    assert stack.manage("check_invariants") is not None


def answers_by_web_server(stack: Stack, told: int) -> list[int]:
    """How many requests each has answered well after so many lines of nginx's."""
    lines = stack.passed_on()[told:]
    return [sum(line["upstream"] == web.url.removeprefix("http://") and line["status"] == 200 for line in lines) for web in stack.webs]


def draining(url: str) -> Any:
    answer = httpx.get(f"{url}/readyz", timeout=10)
    return answer.json() if answer.status_code == 503 else None


def send_products(stack: Stack, trade: Any) -> dict[str, Any]:
    """A list of products, sent as the vendor; a worker begins to work it off."""
    mark, text = uuid.uuid4().hex[:8], io.StringIO()
    rows = [(f"Product {n} {mark}", "24 x 330 ml", "Beverages", "48.00", "5", "Pepsi", f"{mark}-{n}") for n in range(ROWS)]
    csv.writer(text).writerows([HEADINGS, *rows])
    client = stack.client(trade["vendor"]["token"])
    answer = client.post("/api/products/import", files={"file": ("products.csv", text.getvalue().encode(), "text/csv")})
    assert answer.status_code == 202, answer.text
    return {"id": answer.json()["id"], "mark": mark}


def is_under_way(stack: Stack, sent: dict[str, Any]) -> bool:
    assert outcome(stack, sent) in {"queued", "running"}, "the import was over before it could be disturbed"
    return 0 < loaded(stack, sent) < ROWS


def outcome(stack: Stack, sent: dict[str, Any]) -> str:
    return str(stack.sql("SELECT state FROM catalog_productimport WHERE id = %s", sent["id"]))


def loaded(stack: Stack, sent: dict[str, Any]) -> int:
    return int(stack.sql("SELECT count(*) FROM catalog_product WHERE sku LIKE %s", f"{sent['mark']}-%"))
