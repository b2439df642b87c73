"""Two public pages of a card payment: the sandbox bank's own, reached by a reference that cannot be guessed, and ours to come back to."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aqad.core.actor import Actor
from aqad.core.limits import client_address
from aqad.core.middleware import request_id
from aqad.core.references import number_of
from payments.actions import reconciling
from payments.gateways import sandbox
from payments.models import Payment, PaymentAttempt
from payments.statuses import AttemptStatus, ChargeStatus


@require_http_methods(["GET", "HEAD", "POST"])
def sandbox_bank(request: HttpRequest, reference: str) -> HttpResponse:
    """The bank asks its customer; the answer is given once, then it sends him back to the shop."""
    charge = sandbox.charge_at(reference) if settings.PAYMENT_GATEWAY == "sandbox" else None
    if charge is None:
        raise Http404
    if request.method == "POST":
        decision = request.POST.get("decision")
        if decision in {"approve", "refuse"}:
            sandbox.decide(reference, approve=decision == "approve")
            return redirect(charge.return_url)
    context = {"charge": charge, "is_open": charge.status == ChargeStatus.REQUIRES_ACTION}
    return render(request, "payments/sandbox_bank.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def returned(request: HttpRequest, reference: str) -> HttpResponse:
    """The payer comes back from the bank: ask it what is true, settle that, show it. The attempt's id in the address is the key."""
    attempt = _attempt(reference, request.GET.get("attempt", ""))
    if attempt.status != AttemptStatus.SUCCEEDED:
        actor = Actor(role="system", label="return", via="web", request_id=request_id(request), ip=client_address(request))
        reconciling.ask_about(attempt.pk, actor=actor)
    payment = Payment.objects.prefetch_related("orders").get(pk=attempt.payment_id)
    return render(request, "payments/returned.html", {"payment": payment})


def _attempt(reference: str, identifier: str) -> PaymentAttempt:
    number = number_of(reference, Payment.PREFIX)
    try:
        found = PaymentAttempt.objects.filter(pk=UUID(identifier), payment_id=number).first() if number else None
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found
