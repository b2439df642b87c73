"""Where a shop wants its cartons: its list, a form for one, removing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core.idempotency import Answer
from aqad.core.views import find_by_id
from aqad.core.web import Page
from aqad.retailers.actions import addresses
from aqad.retailers.api.serializers import AddressBody
from aqad.retailers.models import Address
from aqad.retailers.querysets import addresses_visible_to, visible_to

LIST, FORM = "retailers/addresses.html", "retailers/address.html"


class AddressPage(Page):
    roles = {"*": ("retailer",)}

    def list(self, request: Request) -> HttpResponse:
        return self.show(LIST, **self.rows(addresses_visible_to(self.actor)))

    def show_new(self, request: Request) -> HttpResponse:
        return self.show(FORM, next=request.query_params.get("next", ""))

    def show_form(self, request: Request, address_id: str) -> HttpResponse:
        return self.show(FORM, address=self._find(address_id))

    def add(self, request: Request) -> HttpResponseBase:
        retailer = visible_to(self.actor).get()
        return self.attempt(
            lambda: self._save(
                lambda said: addresses.add_address(retailer, particulars=said, actor=self.actor), _("The address is added.")
            ),
            otherwise=lambda refusal: self.show_again(FORM, refusal, next=self.sent.get("next", "")),
        )

    def change(self, request: Request, address_id: str) -> HttpResponseBase:
        address = self._find(address_id)
        return self.attempt(
            lambda: self._save(
                lambda said: addresses.change_address(address, changes=said, actor=self.actor), _("The address is changed.")
            ),
            otherwise=lambda refusal: self.show_again(FORM, refusal, address=address),
        )

    def remove(self, request: Request, address_id: str) -> HttpResponseBase:
        address = self._find(address_id)

        def work() -> Answer:
            addresses.remove_address(address, actor=self.actor)
            return Answer(204)

        self.once(work)
        self.say(_("%(label)s is removed.") % {"label": address.label})
        return self.go(reverse("retailers:addresses"))

    def _save(self, action: Callable[[dict[str, Any]], Address], words: str) -> HttpResponse:
        said = self.read_form(AddressBody, leave_out_blank=False)

        def work() -> Answer:
            action(said)
            return Answer(204)

        self.once(work)
        self.say(words)
        return self.go_back(reverse("retailers:addresses"))

    def _find(self, address_id: str) -> Address:
        found: Address = find_by_id(addresses_visible_to(self.actor), address_id)
        return found
