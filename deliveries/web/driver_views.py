"""One delivery: what is to be carried where, how far it is, the photo at the door, and the report of the next step."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core import errors, files, limits
from aqad.core.idempotency import Answer, read_key
from aqad.core.views import find
from aqad.core.web import MENDABLE, Page
from deliveries.actions import reporting
from deliveries.api.serializers import ReportBody
from deliveries.api.views import SEEN_BY
from deliveries.models import Delivery
from deliveries.querysets import in_full, visible_to
from deliveries.statuses import DeliveryStatus
from deliveries.web.shown import page_of, stop_of

PAGE = "deliveries/delivery.html"
SECONDS_OF_A_TWIN = 2


class DeliveryPage(Page):
    roles = {"report": ("delivery",), "*": SEEN_BY}

    def show_delivery(self, request: Request, reference: str) -> HttpResponse:
        return self.show(PAGE, **page_of(reference, self.actor))

    def show_progress(self, request: Request, reference: str) -> HttpResponse:
        """The part that moves by itself, for those who watch."""
        delivery = find(in_full(visible_to(self.actor)), Delivery.PREFIX, reference)
        return self.show_live("deliveries/_progress.html", stop=stop_of(delivery, self.actor))

    def show_proof(self, request: Request, reference: str) -> HttpResponseBase:
        """The photo itself; each view is on record."""
        delivery = find(visible_to(self.actor).select_related("order"), Delivery.PREFIX, reference)
        reporting.note_proof_viewed(delivery, actor=self.actor)
        name = f"{delivery.reference}.webp"
        return files.hand_out(delivery.proof, name=name, content_type=delivery.proof_content_type, may_redirect=False)

    def report(self, request: Request, reference: str) -> HttpResponseBase:
        """Take the next step, once per idempotency key; what is refused is shown again with what was typed."""
        delivery = find(visible_to(self.actor), Delivery.PREFIX, reference)
        mendable = (*MENDABLE, errors.RateLimited)  # too many photos an hour: the step can be reported without one
        return self.attempt(lambda: self._report(delivery), otherwise=lambda refusal: self._again(delivery, refusal), mendable=mendable)

    def _report(self, delivery: Delivery) -> HttpResponse:
        if self.request.FILES:
            limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}")
        step = reporting.prepare(self.read_form(ReportBody))
        done = self.once(lambda: Answer(200, {"status": reporting.report(delivery, step, actor=self.actor).status}))
        label = DeliveryStatus(done.data["status"]).label
        self.say(_("%(delivery)s: %(step)s.") % {"delivery": delivery.reference, "step": label})
        response = self.go_back(reverse("deliveries:delivery", args=[delivery.reference]))
        # By this the sender knows that it was this report that was taken, and not some gateway's answer that looks like it.
        response.headers["Idempotency-Key"] = read_key(self.request) or ""
        return response

    def _again(self, delivery: Delivery, refusal: errors.Refusal) -> HttpResponse:
        response = self.show_again(PAGE, refusal, **page_of(delivery.reference, self.actor))
        if refusal.code == "idempotency_in_progress":
            response.headers["Retry-After"] = str(SECONDS_OF_A_TWIN)
        return response
