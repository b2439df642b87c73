"""Our script around Stripe's card form, in Chromium under the page's own policy. Stripe.js may not be served by anybody but Stripe, so a
stand-in with the interface that its reference documents (https://docs.stripe.com/js) answers at its address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from orders.models import Order
from tests import cast
from tests.factories.deals import an_order
from tests.factories.goods import ProductFactory

HOST = "https://aqad.test"
STAND_IN = """
window.asked = [];
window.wrong = {};
window.Stripe = (key) => ({
  elements: (options) => {
    window.asked.push({key, options});
    return {
      create: (kind) => ({
        on: (event, tell) => { if (event === "ready") window.isReady = () => tell(); },
        mount: (place) => { document.querySelector(place).textContent = `A ${kind} form`; },
      }),
      submit: async () => (window.wrong.submit ? {error: {message: window.wrong.submit}} : {}),
    };
  },
  createConfirmationToken: async ({elements}) =>
    window.wrong.token ? {error: {message: window.wrong.token}} : {confirmationToken: {id: elements ? "ctoken_of_card" : ""}},
});
"""


class PaymentPage:
    """The page as the server renders it for this payment, and what the browser then sends. `strange` are requests to other hosts."""

    def __init__(self, chromium: Any, html: str, policy: str, path: str) -> None:
        self.html, self.policy, self.path = html, policy, path
        self.sent: list[dict[str, list[str]]] = []
        self.strange: list[str] = []
        self.complaints: list[str] = []
        self.context = chromium.new_context()
        self.page = self.context.new_page()
        self.page.route("**/*", self._answer)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{HOST}{path}")

    @property
    def button(self) -> Any:
        return self.page.locator("#pay button[type=submit]")

    def _answer(self, route: Any) -> None:
        request, url = route.request, urlsplit(route.request.url)
        if request.url == "https://js.stripe.com/v3/":
            route.fulfill(body=STAND_IN, content_type="text/javascript")
        elif url.netloc == "aqad.test" and url.path.startswith("/static/"):
            found = finders.find(url.path.removeprefix("/static/"))
            route.fulfill(path=Path(str(found))) if found else route.fulfill(status=404)
        elif url.netloc == "aqad.test" and url.path == self.path:
            if request.method == "POST":
                self.sent.append(parse_qs(request.post_data))
            route.fulfill(body=self.html, content_type="text/html", headers={"Content-Security-Policy": self.policy})
        elif url.netloc == "aqad.test":
            route.fulfill(status=204)  # what the page asks for from time to time
        else:
            self.strange.append(request.url)
            route.fulfill(status=404)


@pytest.fixture(scope="session")
def _beside_an_event_loop() -> Iterator[None]:
    """Playwright runs one in this thread, beside which Django would not speak to the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_beside_an_event_loop: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the database is made."""


@pytest.fixture
def order(transactional_db: None) -> Order:
    return an_order(cast.a_retailer().of, ProductFactory(vendor=cast.a_vendor().of), status="pending_payment")


@pytest.fixture
def shown(order: Order, chromium: Any, settings: Any) -> Iterator[PaymentPage]:
    settings.PAYMENT_GATEWAY = "stripe"
    settings.STRIPE_PUBLISHABLE_KEY, settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "pk_test_shown", "sk_test", "whsec"
    client, path = Client(), f"/payments/{order.payment.reference}"
    client.force_login(order.retailer.company.memberships.get().user)
    answer = client.get(path)
    assert answer.status_code == 200
    page = PaymentPage(chromium, answer.content.decode(), answer.headers["Content-Security-Policy"], path)
    yield page
    page.context.close()
    assert page.complaints == []
    assert page.strange == []


def test_a_card_becomes_a_confirmation_token_that_is_sent_once(shown: PaymentPage, order: Order) -> None:
    page = shown.page
    page.get_by_text("A payment form").wait_for(timeout=10_000)
    assert shown.button.is_disabled()
    page.evaluate("window.isReady()")
    [asked] = page.evaluate("window.asked")
    assert asked["key"] == "pk_test_shown"
    known = {name: asked["options"][name] for name in ("mode", "amount", "currency", "paymentMethodTypes")}
    assert known == {"mode": "payment", "amount": int(order.payment.amount * 100), "currency": "aed", "paymentMethodTypes": ["card"]}
    assert page.locator("#card-form").inner_text() == "A payment form"
    with page.expect_navigation():
        shown.button.dblclick()
    [sent] = shown.sent
    assert sent["token"] == ["ctoken_of_card"]
    assert sent["csrfmiddlewaretoken"]
    assert any("key" in name for name in sent)


@pytest.mark.parametrize("where", ["submit", "token"])
def test_what_is_wrong_with_the_card_is_said_and_can_be_mended(shown: PaymentPage, where: str) -> None:
    page = shown.page
    page.get_by_text("A payment form").wait_for(timeout=10_000)
    page.evaluate("window.isReady()")
    page.evaluate("(where) => { window.wrong = {[where]: 'Your card number is incomplete.'}; }", where)
    shown.button.click()
    page.get_by_role("alert").get_by_text("Your card number is incomplete.").wait_for()
    assert shown.sent == []
    assert shown.button.is_enabled()
    page.evaluate("window.wrong = {}")
    with page.expect_navigation():
        shown.button.click()
    assert [sent["token"] for sent in shown.sent] == [["ctoken_of_card"]]
