"""Signing in and out with a browser: Django's session, the same check and the same limits as the API's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.actions.signing_in import check_credentials
from aqad.accounts.api.serializers import SignIn
from aqad.accounts.errors import AccountNotActive, InvalidCredentials
from aqad.accounts.models import User
from aqad.core.limits import address_key
from aqad.core.views import ANYONE, SIGNED_IN
from aqad.core.web import MENDABLE, Page, is_ours

BACKEND = "aqad.accounts.backends.LimitedBackend"


def enter(request: HttpRequest, user: User) -> None:
    """Open a session for `user`, whose right to one was checked."""
    login(request, user, backend=BACKEND)


class VisitorPage(Page):
    """For whoever has no account yet; a person who is signed in has one and goes on to the overview."""

    roles = {"*": (ANYONE,)}

    def for_visitors(self, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        if self.actor.user is None:
            return work()
        self.say(_("You have an account already. Sign out first to open another one."))
        return self.go(reverse("dashboard:dashboard"))


class SessionPage(Page):
    roles = {"sign_out": (SIGNED_IN,), "*": (ANYONE,)}

    def show_form(self, request: Request) -> HttpResponse:
        """Whoever is signed in goes straight on."""
        if self.actor.user:
            return self.go(self._destination(request.query_params))
        return self.show("accounts/sign_in.html", next=request.query_params.get("next", ""))

    def sign_in(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._sign_in, otherwise=self._again, mendable=(*MENDABLE, InvalidCredentials, AccountNotActive))

    def sign_out(self, request: Request) -> HttpResponse:
        logout(self.web)
        self.say(_("You are signed out."))
        return self.go(reverse("accounts:sign_in"))

    def _sign_in(self) -> HttpResponse:
        body = self.read_form(SignIn)
        user = check_credentials(email=body["email"], password=body["password"], address=address_key(self.web), actor=self.actor)
        enter(self.web, user)
        return self.go(self._destination(self.sent))

    def _again(self, refusal: Any) -> HttpResponse:
        return self.show_again("accounts/sign_in.html", refusal, next=self.sent.get("next", ""))

    def _destination(self, sent: Any) -> str:
        wanted = str(sent.get("next", ""))
        return wanted if is_ours(wanted, self.web) else reverse("dashboard:dashboard")
