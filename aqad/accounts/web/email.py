"""Another e-mail for the own account, and the page behind the link that is mailed there."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.actions import email
from aqad.accounts.api.serializers import EmailChangeAsked
from aqad.core.errors import StepUpRequired
from aqad.core.limits import address_key
from aqad.core.views import ANYONE, SIGNED_IN
from aqad.core.web import MENDABLE, Page

ASKING, CONFIRMING = "accounts/change_email.html", "accounts/confirm_email.html"


class EmailPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def show_form(self, request: Request) -> HttpResponse:
        return self.show(ASKING)

    def ask(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._ask, otherwise=lambda refusal: self.show_again(ASKING, refusal), mendable=(*MENDABLE, StepUpRequired))

    def _ask(self) -> HttpResponse:
        body = self.read_form(EmailChangeAsked)
        email.ask(self.actor.user, **body, address=address_key(self.web), actor=self.actor)
        self.say(_("A link is on its way to %(email)s. Your e-mail stays as it is until you open it.") % body)
        return self.go(reverse("accounts:account"))


class ConfirmEmailPage(Page):
    """Opening the link changes nothing: programs that look into mails open links too."""

    roles = {"*": (ANYONE,)}

    def show_form(self, request: Request, token: str) -> HttpResponse:
        return self.show(CONFIRMING)

    def confirm(self, request: Request, token: str) -> HttpResponseBase:
        return self.attempt(lambda: self._confirm(token), otherwise=lambda refusal: self.show_again(CONFIRMING, refusal))

    def _confirm(self, token: str) -> HttpResponse:
        user = email.confirm(token, actor=self.actor)
        self.say(_("From now on you sign in with %(email)s.") % {"email": user.email})
        return self.go(reverse("accounts:account") if self.actor.user == user else reverse("accounts:sign_in"))
