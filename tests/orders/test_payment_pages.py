"""A payment's page: paid by the practice bank's cards or Stripe's form, and what to do when the bank says no."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from aqad.retailers.models import Address
from catalog.models import Product
from orders.models import CartItem, Order
from orders.web.payment_views import SANDBOX_CARDS
from payments.gateways.sandbox import BEHAVIOURS, FAILS_BEFORE
from payments.models import BankCharge, Payment, PaymentAttempt
from payments.statuses import Method, PaymentStatus
from tests.cast import Person
from tests.factories.deals import a_payment, an_order
from tests.orders.given import broken_promises, in_browser, post, text_of

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
STRIPE = {
    "PAYMENT_GATEWAY": "stripe",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_shown",
    "STRIPE_SECRET_KEY": "sk_test_hidden",
    "STRIPE_WEBHOOK_SECRET": "whsec_hidden",
}


@pytest.fixture
def browser(retailer: Person) -> Client:
    return in_browser(retailer)


@pytest.fixture
def payment(retailer: Person, pepsi: Product, address: Address) -> Payment:
    """504.00 AED for 10 Pepsi, to be paid by card."""
    body = {"items": [{"product": pepsi.reference, "quantity": 10}], "address": address.pk, "payment_method": "card"}
    assert post(retailer, "/api/orders", body).status_code == 201
    return Payment.objects.get()


def pay(browser: Client, payment: Payment, token: str, key: str = "") -> Any:
    return browser.post(f"/payments/{payment.reference}", {"token": token, "idempotency_key": key}, follow=True)


def status_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def test_offers_every_card_of_the_practice_bank(browser: Client, payment: Payment) -> None:
    assert {card.token for card in SANDBOX_CARDS} == {*BEHAVIOURS, FAILS_BEFORE}
    page = text_of(browser.get(f"/payments/{payment.reference}"))
    assert all(f'value="{card.token}"' in page for card in SANDBOX_CARDS)
    assert "Please pay by" in page
    assert payment.orders.get().reference in page


def test_a_card_that_pays(browser: Client, payment: Payment) -> None:
    answer = pay(browser, payment, "tok_visa")
    page = text_of(answer)
    assert answer.redirect_chain == [(f"/payments/{payment.reference}", 302)]
    assert (status_of(payment), payment.orders.get().status) == ("paid", "pending")
    assert "It is paid. Thank you. The vendor has your order." in page
    assert 'name="token"' not in page
    assert not broken_promises()


def test_a_refused_card_says_why_and_one_click_fills_the_cart_again(browser: Client, payment: Payment, pepsi: Product) -> None:
    page = text_of(pay(browser, payment, "tok_insufficient_funds"))
    assert "There is not enough money on the card&#x27;s account. Nothing was taken" in page
    assert status_of(payment) == "failed"
    answer = browser.post(f"/payments/{payment.reference}/reorder", follow=True)
    assert answer.redirect_chain == [("/cart", 302)]
    assert "The goods are in your cart again" in text_of(answer)
    assert list(CartItem.objects.values_list("product", "quantity")) == [(pepsi.pk, 10)]


def test_putting_back_says_what_is_left_out_and_what_costs_another_price(
    browser: Client, retailer: Person, pepsi: Product, cola: Product
) -> None:
    payment = a_payment(retailer.of, 1000, status="failed")
    for product in (pepsi, cola):
        an_order(retailer.of, product, payment=payment, status="failed")
    Product.objects.filter(pk=pepsi.pk).update(status="archived")
    Product.objects.filter(pk=cola.pk).update(price="40.00")
    page = text_of(browser.post(f"/payments/{payment.reference}/reorder", follow=True))
    assert "Left out: Pepsi 330ml (Not for sale any more)." in page
    assert "Cola 330ml costs AED 40.00 instead of AED 36.50" in page


def test_a_card_that_asks_leads_to_the_bank_and_moves_on_by_itself(browser: Client, payment: Payment) -> None:
    page = text_of(pay(browser, payment, "tok_3ds"))
    charge = BankCharge.objects.get()
    assert f"/sandbox-bank/{charge.reference}" in page
    assert f'data-live="/payments/{payment.reference}/live"' in page
    live = f"/payments/{payment.reference}/live"
    first = browser.get(live)
    assert browser.get(live, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    back = browser.post(f"/sandbox-bank/{charge.reference}", {"decision": "approve"})
    returned = browser.get(back.headers["Location"].removeprefix("http://127.0.0.1:8000"))
    assert f'href="/payments/{payment.reference}"' in text_of(returned)
    moved = browser.get(live, headers={"If-None-Match": first.headers["ETag"]})
    assert (moved.status_code, "It is paid." in text_of(moved)) == (200, True)


def test_what_the_bank_leaves_open_is_shown_as_open(browser: Client, payment: Payment) -> None:
    page = text_of(pay(browser, payment, "tok_timeout"))
    assert "The bank has not answered yet." in page
    assert 'name="token"' not in page
    assert status_of(payment) == "processing"


def test_after_nothing_was_taken_the_polled_part_leads_to_the_form(browser: Client, payment: Payment) -> None:
    pay(browser, payment, "tok_error")
    Payment.objects.update(status="unpaid")
    PaymentAttempt.objects.update(status="failed")
    assert ">Pay again</a>" in text_of(browser.get(f"/payments/{payment.reference}/live"))
    page = text_of(browser.get(f"/payments/{payment.reference}"))
    assert "You can pay again" in page
    assert 'name="token"' in page


def test_a_form_sent_twice_charges_once(browser: Client, payment: Payment) -> None:
    pay(browser, payment, "tok_declined", key="once")
    answer = pay(browser, payment, "tok_declined", key="once")
    assert answer.status_code == 200
    assert BankCharge.objects.count() == 1


def test_an_unknown_card_is_refused_beside_the_form(browser: Client, payment: Payment) -> None:
    answer = browser.post(f"/payments/{payment.reference}", {"token": "tok_unheard_of"})
    assert answer.status_code == 422
    assert "The bank does not know this payment method; choose another one." in text_of(answer)
    assert 'name="token"' in text_of(answer)
    assert status_of(payment) == "unpaid"


def test_a_paid_payment_refuses_in_words(browser: Client, payment: Payment) -> None:
    pay(browser, payment, "tok_visa")
    answer = browser.post(f"/payments/{payment.reference}", {"token": "tok_visa"})
    assert answer.status_code == 409
    assert "This payment cannot be confirmed any more." in text_of(answer)


def test_shares_the_apis_limit(browser: Client, retailer: Person, payment: Payment) -> None:
    for _ in range(5):
        browser.post(f"/payments/{payment.reference}", {"token": "tok_unheard_of"})
        retailer.api.post(f"/api/payments/{payment.reference}/confirm", {"token": "tok_unheard_of"}, format="json")
    answer = browser.post(f"/payments/{payment.reference}", {"token": "tok_visa"})
    assert (answer.status_code, answer.headers["RateLimit-Limit"]) == (429, "10")
    assert status_of(payment) == "unpaid"


def test_cash_has_no_form(browser: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi, method=Method.CASH_ON_DELIVERY)
    page = text_of(browser.get(f"/payments/{order.payment.reference}"))
    assert "You pay in cash" in page
    assert 'name="token"' not in page


def test_staff_see_it_without_a_form_and_a_rival_not_at_all(staff: Person, rival_retailer: Person, payment: Payment) -> None:
    page = text_of(in_browser(staff).get(f"/payments/{payment.reference}"))
    assert "Open in the back office" in page
    assert 'name="token"' not in page
    rival = in_browser(rival_retailer)
    for path in ("", "/live"):
        assert rival.get(f"/payments/{payment.reference}{path}").status_code == 404
    assert rival.post(f"/payments/{payment.reference}", {"token": "tok_visa"}).status_code == 404
    assert rival.post(f"/payments/{payment.reference}/reorder").status_code == 404
    assert not CartItem.objects.exists()


def test_every_state_has_its_words(browser: Client, retailer: Person, pepsi: Product) -> None:
    for status in PaymentStatus:
        payment = a_payment(retailer.of, 504, status=status)
        an_order(retailer.of, pepsi, payment=payment, status="cancelled")
        page = browser.get(f"/payments/{payment.reference}")
        assert page.status_code == 200
        assert str(status.label) in text_of(page)


@override_settings(**STRIPE)
def test_stripes_form_stands_behind_the_same_page_with_its_own_hosts_allowed(browser: Client, payment: Payment) -> None:
    answer = browser.get(f"/payments/{payment.reference}")
    page, policy = text_of(answer), answer.headers["Content-Security-Policy"]
    assert 'src="https://js.stripe.com/v3/"' in page
    assert 'data-key="pk_test_shown"' in page
    assert 'data-fils="50400"' in page
    assert "sk_test_hidden" not in page
    assert "practice bank" not in page
    assert re.search(r"script-src [^;]*https://js\.stripe\.com", policy)
    assert re.search(r"frame-src [^;]*https://hooks\.stripe\.com", policy)
    assert re.search(r"connect-src 'self' https://api\.stripe\.com", policy)
    assert "default-src 'self'" in policy
    assert "stripe" not in browser.get("/cart").headers["Content-Security-Policy"]


@override_settings(**STRIPE)
def test_where_nothing_is_to_be_paid_stripe_is_not_let_in(browser: Client, retailer: Person, pepsi: Product) -> None:
    order = an_order(retailer.of, pepsi)
    answer = browser.get(f"/payments/{order.payment.reference}")
    assert "stripe" not in answer.headers["Content-Security-Policy"]


@override_settings(**{**STRIPE, "STRIPE_PUBLISHABLE_KEY": ""})
def test_without_stripes_public_key_the_page_says_so(browser: Client, payment: Payment) -> None:
    page = text_of(browser.get(f"/payments/{payment.reference}"))
    assert "Cards cannot be taken at the moment." in page
    assert "js.stripe.com" not in page


def test_the_practice_banks_page_lets_nobody_else_in(browser: Client, payment: Payment) -> None:
    assert "stripe" not in browser.get(f"/payments/{payment.reference}").headers["Content-Security-Policy"]


def test_the_number_of_queries_does_not_grow_with_its_orders(browser: Client, retailer: Person, pepsi: Product, payment: Payment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/payments/{payment.reference}").status_code == 200
        return len(asked)

    queries()
    few = queries()
    for _ in range(5):
        an_order(retailer.of, pepsi, payment=payment, status="pending_payment", quantity=1)
    assert Order.objects.count() == 6
    assert queries() == few
