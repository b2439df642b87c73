"""The second factor once more, before a step that asks for it; then back to where that step is."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.actions import stepping_up
from aqad.accounts.api.serializers import Code
from aqad.core.errors import StepUpRequired
from aqad.core.limits import address_key
from aqad.core.views import SIGNED_IN
from aqad.core.web import MENDABLE, Page

TEMPLATE = "accounts/step_up.html"


class StepUpPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def show_form(self, request: Request) -> HttpResponse:
        return self.show(TEMPLATE, next=request.query_params.get("next", ""))

    def prove(self, request: Request) -> HttpResponseBase:
        return self.attempt(
            self._prove,
            otherwise=lambda refusal: self.show_again(TEMPLATE, refusal, next=self.sent.get("next", "")),
            mendable=(*MENDABLE, StepUpRequired),
        )

    def _prove(self) -> HttpResponse:
        otp = self.read_form(Code)["otp"]
        stepping_up.prove(self.actor, otp=otp, address=address_key(self.web))
        self.say(_("Confirmed for a quarter of an hour. Now do it once more."))
        return self.go_back(reverse("dashboard:dashboard"))
