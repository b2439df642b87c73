"""A bank that speaks Stripe's language over HTTP and can be told to behave badly. It keeps a book of its own, and answers under keys.

The shapes are those of https://docs.stripe.com/api/payment_intents, as far as `payments.gateways.stripe` reads them. `pm_declined` is a
card without money, every other one pays.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

SECRETS = {"STRIPE_SECRET_KEY": "sk_test_faults", "STRIPE_PUBLISHABLE_KEY": "pk_test_faults", "STRIPE_WEBHOOK_SECRET": "whsec_faults"}
WEBHOOK = "/api/payments/webhooks/stripe"
SECONDS_BETWEEN_POSTS = 1.0
Thing = dict[str, Any]


class Bank:
    """`thinks` seconds pass between what it does and its answer; `is_mute` of charges: the money is taken and nobody is told.

    `tells` by webhook, again until it is heard. What is in the book stays true whatever the switches say.
    """

    def __init__(self) -> None:
        self.thinks, self.is_mute, self.tells = 0.0, False, True
        self.intents: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self._answers: dict[str, tuple[int, Thing]] = {}
        self._lock = threading.Lock()
        self._post: queue.Queue[tuple[str, bytes] | None] = queue.Queue()
        self._front = ThreadingHTTPServer(("127.0.0.1", 0), _front(self))
        self._front.daemon_threads = True
        self.port = int(self._front.server_address[1])
        self._customer = ""

    def start(self, customer: str) -> Bank:
        """`customer` is the address of the AQAD that hears of charges."""
        self._customer = customer
        for work in (self._front.serve_forever, self._post_all):
            threading.Thread(target=work, daemon=True).start()
        return self

    def end(self) -> None:
        self._post.put(None)
        self._front.shutdown()
        self._front.server_close()

    def behave(self) -> None:
        """As a bank should, from now on."""
        self.thinks, self.is_mute, self.tells = 0.0, False, True

    def charge_twice(self) -> Thing:
        """What no bank may do: the newest charge once more, under the same key of ours. For a control that must be noticed."""
        with self._lock:
            last = [one for one in self.intents.values() if one["amount_received"]][-1]
            again = {**last, "id": _name("pi")}
            self.intents[again["id"]] = again
        return again

    def answer(self, method: str, path: str, given: dict[str, str], key: str) -> tuple[int, Thing]:
        """What is asked for, done. A known key gets its first answer again."""
        with self._lock:
            if key and key in self._answers:
                return self._answers[key]
            answered = self._do(method, path.strip("/").split("/")[1:], given)
            if key:
                self._answers[key] = answered
            return answered

    def _do(self, method: str, path: list[str], given: dict[str, str]) -> tuple[int, Thing]:
        match method, path:
            case "POST", ["payment_intents"]:
                return self._charge(given)
            case "GET", ["payment_intents"]:
                return 200, _page("payment_intents", self.intents, given)
            case "GET", ["payment_intents", name] if name in self.intents:
                return 200, self.intents[name]
            case "POST", ["payment_intents", name, "cancel"] if name in self.intents:
                return 400, _refusal("payment_intent_unexpected_state")
            case "POST", ["refunds"] if given["payment_intent"] in self.intents:
                return self._refund(given)
            case "GET", ["refunds"]:
                return 200, _page("refunds", self.refunds, given)
        return 404, _refusal("resource_missing")

    def _charge(self, given: dict[str, str]) -> tuple[int, Thing]:
        takes, amount = given["payment_method"] != "pm_declined", int(given["amount"])
        intent = {
            "id": _name("pi"),
            "object": "payment_intent",
            "status": "succeeded" if takes else "requires_payment_method",
            "amount": amount,
            "amount_received": amount if takes else 0,
            "metadata": {"attempt": given["metadata[attempt]"]},
            "created": int(time.time()),
        }
        self.intents[intent["id"]] = intent
        self._tell("payment_intent.succeeded" if takes else "payment_intent.payment_failed", intent)
        return (200, intent) if takes else (402, _refusal("card_declined", kind="card_error", payment_intent=intent))

    def _refund(self, given: dict[str, str]) -> tuple[int, Thing]:
        intent, amount = self.intents[given["payment_intent"]], int(given["amount"])
        before = sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == intent["id"])
        if before + amount > intent["amount_received"]:
            return 400, _refusal("charge_already_refunded")
        refund = {
            "id": _name("re"),
            "object": "refund",
            "status": "succeeded",
            "amount": amount,
            "payment_intent": intent["id"],
            "metadata": {"refund": given["metadata[refund]"]},
            "created": int(time.time()),
        }
        self.refunds[refund["id"]] = refund
        return 200, refund

    def _tell(self, kind: str, intent: Thing) -> None:
        if self.tells:
            event = {"id": _name("evt"), "object": "event", "type": kind, "data": {"object": intent}}
            self._post.put((event["id"], json.dumps(event).encode()))

    def _post_all(self) -> None:
        """One after the other, each until it is heard."""
        while (message := self._post.get()) is not None:
            if not self._is_heard(message[1]):
                time.sleep(SECONDS_BETWEEN_POSTS)
                self._post.put(message)

    def _is_heard(self, raw: bytes) -> bool:
        at, place = int(time.time()), urlsplit(self._customer)
        signed = hmac.new(SECRETS["STRIPE_WEBHOOK_SECRET"].encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=5)
        try:
            connection.request("POST", WEBHOOK, raw, {"Content-Type": "application/json", "Stripe-Signature": f"t={at},v1={signed}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _page(name: str, things: dict[str, Thing], given: dict[str, str]) -> Thing:
    """The newest first, as Stripe lists them."""
    since, until = int(given.get("created[gte]", 0)), int(given.get("created[lte]", 2**40))
    found = [one for one in reversed(things.values()) if since <= one["created"] <= until]
    found = [one for one in found if given.get("payment_intent", one.get("payment_intent")) == one.get("payment_intent")]
    after = next((number for number, one in enumerate(found, 1) if one["id"] == given.get("starting_after")), 0)
    limit = int(given.get("limit", 10))
    return {"object": "list", "url": f"/v1/{name}", "data": found[after : after + limit], "has_more": len(found) > after + limit}


def _refusal(code: str, *, kind: str = "invalid_request_error", **more: Any) -> Thing:
    return {"error": {"type": kind, "code": code, "message": code, **more}}


def _name(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex}"


def _front(bank: Bank) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            given = dict(parse_qsl(body)) if body else {name: values[0] for name, values in parse_qs(place.query).items()}
            status, thing = bank.answer(self.command, place.path, given, self.headers.get("Idempotency-Key", ""))
            if self.command == "POST":
                time.sleep(bank.thinks)
                if bank.is_mute:
                    self.close_connection = True
                    return
            content = json.dumps(thing).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # whoever asked has gone
                self.close_connection = True

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    return Front
