"""The page of a payment: what is owed, the form of the gateway that takes it, and what became of each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from aqad.core import idempotency
from aqad.core.errors import Refusal, Unavailable
from aqad.core.idempotency import Answer
from aqad.core.views import find
from aqad.core.web import MENDABLE, Page
from orders.api.bodies import PaymentConfirmation
from orders.api.confirming import ConfirmingDoor
from orders.models import Order
from orders.web.reordering import put_back
from orders.web.words import decline_words
from payments.actions import paying
from payments.api.serializers import PaymentShown
from payments.models import Payment
from payments.querysets import in_full, visible_to
from payments.statuses import PaymentStatus

# Each gateway's own form stands in a page of its own around the same facts.
FORMS = {"sandbox": "orders/pay_sandbox.html", "stripe": "orders/pay_stripe.html"}
WITHOUT_FORM = "orders/payment.html"
# What Stripe's element needs (https://docs.stripe.com/security/guide), on the page that holds it alone.
STRIPE_HOSTS = {
    "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
    "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    "connect-src": [SELF, "https://api.stripe.com"],
}


@dataclass(frozen=True, slots=True)
class SandboxCard:
    """A card of the practice bank: its token, and what the bank does with it."""

    token: str
    name: str | Promise
    does: str | Promise


SANDBOX_CARDS = (
    SandboxCard("tok_visa", _("Card that pays"), _("The bank takes the money at once.")),
    SandboxCard("tok_3ds", _("Card that asks you"), _("You approve or refuse the payment on the bank's own page.")),
    SandboxCard("tok_declined", _("Card that is refused"), _("The bank says no. Nothing is taken.")),
    SandboxCard("tok_insufficient_funds", _("Card without money"), _("The bank says that there is not enough on the account.")),
    SandboxCard("tok_late", _("Card that takes its time"), _("The bank decides a few seconds later.")),
    SandboxCard("tok_timeout", _("Card that pays in silence"), _("The bank takes the money but does not answer; we ask until we know.")),
    SandboxCard("tok_error", _("Card that breaks"), _("The bank fails before it takes anything; you can pay again once we know.")),
)


class PaymentPage(ConfirmingDoor, Page):
    roles = {"*": ("retailer", "staff"), "confirm": ("retailer",), "reorder": ("retailer",)}

    def retrieve(self, request: Request, reference: str) -> HttpResponse:
        return self._page(self._find(reference))

    def live(self, request: Request, reference: str) -> HttpResponse:
        return self.show_live("orders/_payment_state.html", is_polled=True, **self._context(self._find(reference)))

    def confirm(self, request: Request, reference: str) -> HttpResponseBase:
        """Try to take the money; the page then says what became of it."""
        payment = self._find(reference)
        return self.attempt(
            lambda: self._pay(payment),
            otherwise=lambda refusal: self._page(self._find(reference), refusal),
            mendable=(*MENDABLE, Unavailable),
        )

    def reorder(self, request: Request, reference: str) -> HttpResponseBase:
        """Put everything that was to be paid here back into the cart."""
        payment = self._find(reference)
        return put_back(self, list(Order.objects.filter(payment=payment)), otherwise=_address_of(payment))

    def _pay(self, payment: Payment) -> HttpResponse:
        token = self.read_form(PaymentConfirmation)["token"]
        paying.confirm(
            payment.pk, token=token, actor=self.actor, claim=lambda: idempotency.take(self.actor, self.request), render=_state_of
        )
        return self.go(_address_of(payment))

    def _page(self, payment: Payment, refusal: Refusal | None = None) -> HttpResponse:
        is_payable = self.actor.role == "retailer" and not payment.is_cash and payment.status == PaymentStatus.UNPAID
        template = FORMS.get(settings.PAYMENT_GATEWAY, WITHOUT_FORM) if is_payable else WITHOUT_FORM
        draw = csp_update(STRIPE_HOSTS)(self._draw) if template == FORMS["stripe"] else self._draw
        response: HttpResponse = draw(template, self._context(payment), refusal)
        return response

    def _draw(self, template: str, context: dict[str, Any], refusal: Refusal | None) -> HttpResponse:
        if refusal is not None:
            return self.show_again(template, refusal, **context)
        return self.show(template, **context)

    def _context(self, payment: Payment) -> dict[str, Any]:
        attempts = [(attempt, decline_words(attempt.decline_code)) for attempt in payment.attempts.all()]
        orders = sorted(payment.orders.all(), key=lambda order: order.pk)
        return {
            "payment": payment,
            "orders": orders,
            "attempts": attempts,
            "why_not": (attempts[-1][1] if attempts else "") or next((order.reason for order in orders), ""),
            "refunds": list(payment.refunds.all()),
            "bank_page": PaymentShown().get_redirect_url(payment),
            "cards": SANDBOX_CARDS,
            "stripe_key": settings.STRIPE_PUBLISHABLE_KEY,
            "fils": int(payment.amount * 100),
        }

    def _find(self, reference: str) -> Payment:
        payment: Payment = find(in_full(visible_to(self.actor)), Payment.PREFIX, reference)
        return payment


def _state_of(payment: Payment) -> Answer:
    return Answer(paying.http_status(payment), {"status": payment.status})


def _address_of(payment: Payment) -> str:
    return reverse("orders:payment", args=[payment.reference])
