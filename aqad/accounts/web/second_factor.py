"""The second factor of the own account: set up with an authenticator app, its recovery codes, turned off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.accounts import codes
from aqad.accounts.actions import proving, second_factor
from aqad.accounts.api.serializers import PasswordAndCode
from aqad.accounts.models import RecoveryCode, SecondFactor
from aqad.accounts.sealing import Unreadable
from aqad.core.errors import Refusal
from aqad.core.limits import address_key
from aqad.core.views import SIGNED_IN
from aqad.core.web import Page, is_ours

TEMPLATE, CODES = "accounts/second_factor.html", "accounts/recovery_codes.html"


class SecondFactorPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def show_state(self, request: Request) -> HttpResponse:
        return self.show(TEMPLATE, **self._context())

    def begin(self, request: Request) -> HttpResponseBase:
        """A new square to be read by the app; asked for again, the one before is worth nothing."""
        return self.attempt(self._begin, otherwise=self._again)

    def turn_on(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._turn_on, otherwise=self._again)

    def turn_off(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._turn_off, otherwise=self._again)

    def renew_codes(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._renew_codes, otherwise=self._again)

    def _begin(self) -> HttpResponse:
        second_factor.begin(self.actor.user)
        return self.go(self._here())

    def _turn_on(self) -> HttpResponse:
        return self.show(CODES, codes=second_factor.turn_on(self.actor.user, **self._proof()), is_new=True, next=self._next())

    def _turn_off(self) -> HttpResponse:
        second_factor.turn_off(self.actor.user, **self._proof())
        self.say(_("Your second factor is off: the password alone lets you in."))
        return self.go(reverse("accounts:account"))

    def _renew_codes(self) -> HttpResponse:
        return self.show(CODES, codes=second_factor.renew_recovery_codes(self.actor.user, **self._proof()), next="")

    def _proof(self) -> dict[str, Any]:
        return {**self.read_form(PasswordAndCode), "address": address_key(self.web), "actor": self.actor}

    def _again(self, refusal: Refusal) -> HttpResponse:
        return self.show_again(TEMPLATE, refusal, **self._context())

    def _context(self) -> dict[str, Any]:
        factor = SecondFactor.objects.filter(user=self.actor.user).first()
        owed = {"is_demanded": settings.STAFF_TWO_FACTOR and self.actor.is_staff, "next": self._next()}
        if factor is None:
            return owed
        if factor.is_on:
            return {**owed, "factor": factor, "left": RecoveryCode.objects.filter(factor=factor, used_at=None).count()}
        try:
            secret = proving.secret_of(factor)
        except Unreadable:  # begun under a key that is gone: to be begun again
            return owed
        uri = codes.uri_of(secret, self.actor.user.email)
        return {**owed, "factor": factor, "square": square(uri), "uri": uri, "secret": _in_groups(secret)}

    def _here(self) -> str:
        wanted, here = self._next(), reverse("accounts:second_factor")
        return f"{here}?{urlencode({'next': wanted})}" if wanted else here

    def _next(self) -> str:
        """Where staff wanted to go when they were led here."""
        wanted = str(self.sent.get("next", "") or self.request.query_params.get("next", ""))
        return wanted if is_ours(wanted, self.web) else ""


def square(uri: str) -> SafeString:
    """The square as SVG within the page: no style and no script, dark on white whatever the theme, since cameras want it so."""
    drawn = segno.make(uri, error="m").svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="square", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  (made of squares alone)


def _in_groups(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
