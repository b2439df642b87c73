"""Quick order: a pasted or uploaded list is read and shown, then what was understood goes into the cart."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import serializers
from rest_framework.request import Request

from aqad.core import limits
from aqad.core.errors import Invalid, Refusal
from aqad.core.fields import StrictSerializer
from aqad.core.web import Page
from orders.actions import cart
from orders.quick_order import LARGEST_FILE, Review, decoded, read_list, review
from orders.web.words import problem_words

TEMPLATE = "orders/quick_order.html"
# A form holds at most 500 fields; who has more to choose than this does it in two rounds.
MOST_CHOICES = 100
# A choice among several products for a line: `pick.17=P1001`.
PICK = re.compile(r"pick\.([1-9][0-9]{0,8})", re.ASCII)


class QuickOrderForm(StrictSerializer):
    lines = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, max_length=LARGEST_FILE)
    file = serializers.FileField(required=False, allow_empty_file=True)

    def _is_unwelcome(self, name: str) -> bool:
        return not PICK.fullmatch(name) and super()._is_unwelcome(name)


class QuickOrderPage(Page):
    roles = {"*": ("retailer",)}

    def retrieve(self, request: Request) -> HttpResponse:
        return self.show(TEMPLATE, lines="")

    def check(self, request: Request) -> HttpResponseBase:
        """Read the list and show what it means; nothing is changed."""
        return self.attempt(lambda: self._reviewed(self._read()), otherwise=self._again)

    def put_in(self, request: Request) -> HttpResponseBase:
        """Put what is understood into the cart; the lines that are not stay on the page."""
        return self.attempt(self._put_in, otherwise=self._again)

    def _put_in(self) -> HttpResponse:
        lines = self._read()
        outcome = review(read_list(lines), picks=self._picks)
        if not outcome.understood:
            return self._reviewed(lines)
        quantities = outcome.quantities
        cart.add_all(self.actor.company.retailer, quantities)
        count = len(quantities)
        self.say(ngettext("%(count)s product is in your cart.", "%(count)s products are in your cart.", count) % {"count": count})
        return self._reviewed(outcome.left_over) if outcome.left_over else self.go(reverse("orders:cart"))

    def _read(self) -> str:
        """What was typed, and below it what the file holds. Raises Invalid, RateLimited."""
        body = self.read_form(QuickOrderForm)
        typed, file = body.get("lines", ""), body.get("file")
        if file is None:
            return str(typed)
        limits.hit(limits.UPLOADS, f"company:{self.actor.company_id}", self.web)
        if file.size > LARGEST_FILE:
            raise Invalid({"file": [_("The file is larger than 1 MB. Please send it in parts.")]})
        return "\n".join(part for part in (str(typed), decoded(file.read())) if part)

    def _reviewed(self, lines: str) -> HttpResponse:
        outcome = review(read_list(lines), picks=self._picks)
        return self.show(TEMPLATE, lines=lines, **_shown(outcome))

    def _again(self, refusal: Refusal) -> HttpResponse:
        return self.show_again(TEMPLATE, refusal, lines=str(self.sent.get("lines", "")))

    @property
    def _picks(self) -> dict[int, str]:
        named = ((PICK.fullmatch(name), str(value)) for name, value in self.sent.items())
        return {int(match[1]): value for match, value in named if match}


def _shown(outcome: Review) -> dict[str, Any]:
    unclear = [(written, written.wrong.label) for written in outcome.not_understood if written.wrong]
    beyond = _("Several vendors sell this; write the reference of the one you mean.")
    return {
        "review": outcome,
        "understood": [(each, problem_words(each.line)) for each in outcome.understood],
        "choices": outcome.several[:MOST_CHOICES],
        "unclear": unclear + [(each.written, beyond) for each in outcome.several[MOST_CHOICES:]],
    }
