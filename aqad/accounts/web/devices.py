"""Where one is signed in: each device, since when, and signing it out from here."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.request import Request

from aqad.accounts.actions import sessions
from aqad.accounts.devices import in_words
from aqad.accounts.models import TokenFamily
from aqad.accounts.querysets import NEWEST, find_session, in_force_of
from aqad.core.idempotency import Answer
from aqad.core.views import SIGNED_IN
from aqad.core.web import Page


class DevicesPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def list(self, request: Request) -> HttpResponse:
        page = self.rows(in_force_of(self.actor.user), order=NEWEST)
        here = self.actor.user.family
        rows = [{"row": row, "device": in_words(row.agent), "is_here": row == here} for row in page["results"]]
        return self.show("accounts/devices.html", **{**page, "results": rows})

    def end(self, request: Request, session_id: str) -> HttpResponseBase:
        family = find_session(self.actor.user, session_id)
        self.once(lambda: self._end(family))
        if family == self.actor.user.family:
            return self.go(reverse("accounts:sign_in"))
        self.say(_("That device is signed out."))
        return self.go(reverse("accounts:devices"))

    def end_others(self, request: Request) -> HttpResponseBase:
        ended: Any = self.once(lambda: Answer(200, sessions.end_others(self.actor.user, actor=self.actor))).data
        said = ngettext("%(number)s other device is signed out.", "%(number)s other devices are signed out.", ended)
        self.say(said % {"number": ended} if ended else _("You are signed in nowhere else."))
        return self.go(reverse("accounts:devices"))

    def _end(self, family: TokenFamily) -> Answer:
        sessions.end_one(family, actor=self.actor)
        return Answer(204)
