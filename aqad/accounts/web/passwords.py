"""Passwords on pages: forgotten, chosen behind a mailed link, changed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts.actions import passwords
from aqad.accounts.actions.signing_in import account_key
from aqad.accounts.api.serializers import PasswordChange, PasswordReset, PasswordResetConfirm
from aqad.core import limits
from aqad.core.views import ANYONE, SIGNED_IN
from aqad.core.web import Page


class ForgottenPage(Page):
    """Says the same whether the e-mail is known or not."""

    roles = {"*": (ANYONE,)}

    def show_form(self, request: Request) -> HttpResponse:
        return self.show("accounts/forgotten.html")

    def ask(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._ask, otherwise=lambda refusal: self.show_again("accounts/forgotten.html", refusal))

    def show_asked(self, request: Request) -> HttpResponse:
        return self.show("accounts/asked.html", days=passwords.LINK_LIVES.days)

    def _ask(self) -> HttpResponse:
        email = self.read_form(PasswordReset)["email"]
        limits.hit(limits.PASSWORD_RESET, f"account:{account_key(email)}", self.web)
        passwords.request_reset(email, actor=self.actor)
        return self.go(reverse("accounts:asked"))


class ChoicePage(Page):
    """Behind the mailed link, which is looked at when it is used: opening it tells nobody anything."""

    roles = {"*": (ANYONE,)}

    def show_form(self, request: Request, token: str) -> HttpResponse:
        return self.show("accounts/choose_password.html")

    def choose(self, request: Request, token: str) -> HttpResponseBase:
        return self.attempt(
            lambda: self._choose(token), otherwise=lambda refusal: self.show_again("accounts/choose_password.html", refusal)
        )

    def _choose(self, token: str) -> HttpResponse:
        body: Any = PasswordResetConfirm(data={"token": token, "password": self.sent.get("password", "")})
        body.is_valid(raise_exception=True)
        passwords.confirm_reset(**body.validated_data, actor=self.actor)
        return _sign_in_anew(self, _("Your password is set. Sign in with it; wherever you were signed in before, you are signed out."))


class ChangePage(Page):
    roles = {"*": (SIGNED_IN,)}

    def show_form(self, request: Request) -> HttpResponse:
        return self.show("accounts/change_password.html")

    def change(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._change, otherwise=lambda refusal: self.show_again("accounts/change_password.html", refusal))

    def _change(self) -> HttpResponse:
        body = self.read_form(PasswordChange)
        passwords.change_password(self.actor.user, **body, address=limits.address_key(self.web), actor=self.actor)
        return _sign_in_anew(self, _("Your password is changed, and you are signed out everywhere. Sign in with the new one."))


def _sign_in_anew(page: Page, words: str) -> HttpResponse:
    """No session of the person outlives a change, so this browser's goes with the others."""
    logout(page.web)
    page.say(words)
    return page.go(reverse("accounts:sign_in"))
