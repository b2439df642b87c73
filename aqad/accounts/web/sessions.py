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

from aqad.accounts.actions import signing_in
from aqad.accounts.actions.second_factor import WRONG_CODE
from aqad.accounts.api.serializers import SecondHalf, SignIn
from aqad.accounts.errors import AccountNotActive, InvalidCredentials, OtpRequired
from aqad.accounts.models import User
from aqad.core.errors import Conflict, Refusal
from aqad.core.limits import address_key
from aqad.core.views import ANYONE, SIGNED_IN
from aqad.core.web import MENDABLE, Page, is_ours

CODE_PAGE = "accounts/code.html"
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

    def finish(self, request: Request) -> HttpResponseBase:
        """The second half: the code, after a password that was right."""
        again = (*MENDABLE, InvalidCredentials, OtpRequired, AccountNotActive)
        return self.attempt(self._finish, otherwise=self._ask_again, mendable=again)

    def sign_out(self, request: Request) -> HttpResponse:
        logout(self.web)
        self.say(_("You are signed out."))
        return self.go(reverse("accounts:sign_in"))

    def _sign_in(self) -> HttpResponse:
        body = self.read_form(SignIn)
        address = address_key(self.web)
        user = signing_in.check_password_of(email=body["email"], password=body["password"], address=address, actor=self.actor)
        if user.has_second_factor:
            half = signing_in.ask_for_code(user, actor=self.actor)
            return self.show(CODE_PAGE, half=half, next=self.sent.get("next", ""))
        return self._let_in(user)

    def _finish(self) -> HttpResponse:
        body = self.read_form(SecondHalf)
        return self._let_in(signing_in.finish(body["half"], otp=body["otp"], address=address_key(self.web), actor=self.actor))

    def _let_in(self, user: User) -> HttpResponse:
        enter(self.web, user)
        return self.go(self._destination(self.sent))

    def _again(self, refusal: Refusal) -> HttpResponse:
        return self.show_again("accounts/sign_in.html", refusal, next=self.sent.get("next", ""))

    def _ask_again(self, refusal: Refusal) -> HttpResponse:
        """The code's own form, unless it has to be begun anew."""
        if isinstance(refusal, Conflict | AccountNotActive):
            return self._again(refusal)
        if isinstance(refusal, InvalidCredentials):
            refusal = InvalidCredentials(WRONG_CODE)
        return self.show_again(CODE_PAGE, refusal, half=self.sent.get("half", ""), next=self.sent.get("next", ""))

    def _destination(self, sent: Any) -> str:
        wanted = str(sent.get("next", ""))
        return wanted if is_ours(wanted, self.web) else reverse("dashboard:dashboard")
