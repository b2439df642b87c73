"""A shop opens its account, and its owner is signed in at once."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.models import User
from aqad.accounts.web.sessions import VisitorPage, enter
from aqad.core import limits
from aqad.core.errors import RateLimited
from aqad.core.idempotency import Answer
from aqad.core.web import MENDABLE
from aqad.retailers.actions import registering
from aqad.retailers.api.serializers import RetailerRegistration

TEMPLATE = "retailers/join.html"


class JoinPage(VisitorPage):
    def show_form(self, request: Request) -> HttpResponseBase:
        return self.for_visitors(lambda: self.show(TEMPLATE))

    def join(self, request: Request) -> HttpResponseBase:
        again = self.show_again
        return self.for_visitors(
            lambda: self.attempt(self._join, otherwise=lambda refusal: again(TEMPLATE, refusal), mendable=(*MENDABLE, RateLimited))
        )

    def _join(self) -> HttpResponse:
        limits.hit(limits.REGISTRATION, f"address:{limits.address_key(self.web)}", self.web)
        said = registering.prepare(**self.read_form(RetailerRegistration))

        def work() -> Answer:
            registering.register(said, actor=self.actor)
            return Answer(201)

        self.once(work)
        enter(self.web, User.objects.get(email=said.email))
        self.say(_("Welcome to AQAD, %(name)s. Your account is open, and you can order at once.") % {"name": said.name})
        return self.go(reverse("dashboard:dashboard"))
