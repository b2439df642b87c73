"""localstripe as a process, behind a front that does what Stripe documents and localstripe does not.

The front keeps answers under their idempotency keys, takes the parameters that localstripe does not know, tells `amount_received`,
and sends payers who must approve to an address instead of a script. It can also lose an answer, once.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from tests.outside.processes import Process, listens, scratch
from tests.stack.parts import dev

SECRETS = {"STRIPE_SECRET_KEY": "sk_test_outside", "STRIPE_PUBLISHABLE_KEY": "pk_test_outside", "STRIPE_WEBHOOK_SECRET": "whsec_outside"}
UNKNOWN_TO_LOCALSTRIPE = {"description", "return_url", "use_stripe_sdk"}
CARDS = {"good": "4242424242424242", "declined": "4000000000000341", "asks": "4000002500003155"}


class Stripe:
    def __init__(self) -> None:
        self.port = dev.free_port()
        program = str(Path(sys.executable).with_name("localstripe"))
        folder = scratch("stripe")
        self.process = Process([program, "--port", str(self.port), "--from-scratch"], log=folder / "localstripe.log", cwd=folder)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.keys: list[str] = []
        self.loses_an_answer = False
        self.front = ThreadingHTTPServer(("127.0.0.1", 0), _front(self))
        threading.Thread(target=self.front.serve_forever, daemon=True).start()
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", auth=(SECRETS["STRIPE_SECRET_KEY"], ""), timeout=20)

    def start(self) -> Stripe:
        self.process.wait_for(lambda: listens(self.port))
        return self

    def end(self) -> None:
        self.api.close()
        self.front.shutdown()
        self.front.server_close()
        self.process.end(signal.SIGKILL)

    @property
    def settings(self) -> dict[str, str]:
        return {"PAYMENT_GATEWAY": "stripe", "STRIPE_API_BASE": f"http://127.0.0.1:{self.front.server_address[1]}", **SECRETS}

    def tells(self, url: str) -> None:
        """Send webhooks to this address from now on."""
        self.api.post("/_config/webhooks/aqad", json={"url": url, "secret": SECRETS["STRIPE_WEBHOOK_SECRET"]}).raise_for_status()

    def card(self, kind: str) -> str:
        """What a client's own form would make of such a card."""
        known = {"number": CARDS[kind], "exp_month": "12", "exp_year": "2040", "cvc": "123"}
        made = self.api.post("/v1/payment_methods", json={"type": "card", "card": known})
        return str(made.raise_for_status().json()["id"])

    def approve(self, intent: str, *, yes: bool) -> None:
        """What the payer says on the bank's page."""
        secret = self.intent(intent)["client_secret"]
        self.api.post(f"/v1/payment_intents/{intent}/_authenticate", data={"client_secret": secret, "success": str(yes).lower()})

    def intent(self, reference: str) -> dict[str, Any]:
        return dict(self.api.get(f"/v1/payment_intents/{reference}").raise_for_status().json())

    def intents_of(self, attempt: str) -> list[dict[str, Any]]:
        everything = self.api.get("/v1/payment_intents", params={"limit": 100}).raise_for_status().json()["data"]
        return [one for one in everything if one["metadata"].get("attempt") == attempt]

    def refunds_of(self, intent: str) -> list[int]:
        found = self.api.get("/v1/refunds", params={"payment_intent": intent}).raise_for_status().json()["data"]
        return [refund["amount"] for refund in found]

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        key = headers.get("idempotency-key", "")
        if key:
            self.keys.append(key)
        if key in self.answers:
            return self.answers[key]
        sent = [(name, value) for name, value in parse_qsl(body.decode()) if name not in UNKNOWN_TO_LOCALSTRIPE]
        known = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": headers["authorization"]}
        answered = httpx.request(
            method, f"http://127.0.0.1:{self.port}{path}", content=urlencode(sent), headers=known, auth=None, timeout=20
        )
        status, content = answered.status_code, json.dumps(_as_documented(answered.json())).encode()
        if key:
            self.answers[key] = status, content
        return status, content


def _as_documented(thing: Any) -> Any:
    if isinstance(thing, dict) and thing.get("object") == "list":
        return {**thing, "data": [_as_documented(one) for one in thing["data"]]}
    if not isinstance(thing, dict) or thing.get("object") != "payment_intent":
        return thing
    taken = {"amount_received": thing["amount"] if thing["status"] == "succeeded" else 0}
    if thing["status"] != "requires_action":
        return {**thing, **taken}
    page = {"url": f"https://hooks.stripe.test/{thing['id']}", "return_url": "https://aqad.test"}
    return {**thing, **taken, "next_action": {"type": "redirect_to_url", "redirect_to_url": page}}


def _front(stripe: Stripe) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = stripe.answer(self.command, self.path, body, headers)
            if stripe.loses_an_answer:
                stripe.loses_an_answer = False
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _pass_on  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    return Front
