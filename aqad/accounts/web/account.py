"""The own account: name, phone, language."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.actions import users
from aqad.accounts.actions.email import LINK_LIVES
from aqad.accounts.api.serializers import LANGUAGES, OwnChanges
from aqad.accounts.models import EmailChange
from aqad.core import clock
from aqad.core.idempotency import Answer
from aqad.core.views import SIGNED_IN
from aqad.core.web import Page

TEMPLATE = "accounts/account.html"


class AccountPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def show_form(self, request: Request) -> HttpResponse:
        return self.show(TEMPLATE, **self._context())

    def change(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._change, otherwise=lambda refusal: self.show_again(TEMPLATE, refusal, **self._context()))

    def _change(self) -> HttpResponse:
        changes = self.read_form(OwnChanges, leave_out_blank=False, partial=True)

        def work() -> Answer:
            users.change_own(self.actor.user, changes=changes, actor=self.actor)
            return Answer(204)

        self.once(work)
        self.say(_("Your changes are saved."))
        return self.go(reverse("accounts:account"))

    def _context(self) -> dict[str, Any]:
        waiting = EmailChange.objects.filter(user=self.actor.user, asked_at__gt=clock.now() - LINK_LIVES).first()
        return {"languages": LANGUAGES, "pending_email": waiting.email if waiting else ""}
