"""The stock of an own product: its figures, what came and went, and the ledger."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core.errors import Refusal
from aqad.core.idempotency import Answer
from aqad.core.replica import from_replica
from catalog.actions import stock
from catalog.api.serializers import StockBody
from catalog.models import Product
from catalog.querysets import movements_of
from catalog.web import forms
from catalog.web.own import OwnProductPage, as_stored


class StockPage(OwnProductPage):
    @from_replica
    def show_ledger(self, request: Request, reference: str) -> HttpResponse:
        return self.show("catalog/own/stock.html", **self._of(self.own(reference)))

    def change(self, request: Request, reference: str) -> HttpResponseBase:
        """So many units came or went."""
        return self._adjust(reference, forms.ChangeForm, "change")

    def count(self, request: Request, reference: str) -> HttpResponseBase:
        """So many units were counted."""
        return self._adjust(reference, forms.CountForm, "count")

    def _adjust(self, reference: str, form: type[StockBody], which: str) -> HttpResponseBase:
        product = self.own(reference)

        def work() -> HttpResponse:
            body = self.read_form(form)

            def adjust() -> Answer:
                now = stock.adjust(product, **body, actor=self.actor)
                return Answer(200, {"on_hand": now.on_hand, "reserved": now.reserved, "available": now.available})

            now = self.once(adjust).data
            self.say(_("%(on_hand)s on hand, %(reserved)s reserved, %(available)s can be ordered.") % now)
            return self.go(reverse("catalog:stock", args=[product.reference]))

        return self.attempt(work, otherwise=partial(self._refuse, product, which))

    def _refuse(self, product: Product, which: str, refusal: Refusal) -> HttpResponse:
        return self.show_again("catalog/own/stock.html", refusal, which=which, **self._of(product))

    def _of(self, product: Product) -> dict[str, Any]:
        page = self.rows(movements_of(product))
        return {"product": as_stored(product), "movements": page["results"], "pagination": page["pagination"]}
