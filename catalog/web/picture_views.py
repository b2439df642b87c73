"""The pictures of an own product: added, put in order, removed. htmx gets them alone, so that what is typed beside them stays."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core.errors import Refusal
from aqad.core.handler import describe
from aqad.core.idempotency import Answer
from aqad.core.views import find_by_id
from catalog.actions import pictures
from catalog.api.serializers import PicturesBody
from catalog.models import Product, ProductImage
from catalog.web import forms
from catalog.web.own import OwnProductPage, as_stored


class PicturesPage(OwnProductPage):
    def add(self, request: Request, reference: str) -> HttpResponseBase:
        product = self.own(reference)
        return self.attempt(partial(self._add, product), otherwise=partial(self._refuse, product))

    def reorder(self, request: Request, reference: str) -> HttpResponseBase:
        product = self.own(reference)
        return self.attempt(partial(self._reorder, product), otherwise=partial(self._refuse, product))

    def remove(self, request: Request, reference: str, image: str) -> HttpResponseBase:
        product = self.own(reference)
        picture = find_by_id(ProductImage.objects.filter(product=product).select_related("product"), image)

        def work() -> Answer:
            pictures.remove_picture(picture, actor=self.actor)
            return Answer(204)

        self.once(work)
        return self._tell(product, _("The picture is removed."), is_new_list=True)

    def _add(self, product: Product) -> HttpResponse:
        self.count_uploads()
        body = self.read_form(PicturesBody)
        with pictures.kept(body["images"]) as stored:

            def work() -> Answer:
                pictures.add_pictures(product, stored, actor=self.actor)
                return Answer(204)

            self.once(work)
        return self._tell(product, _("The pictures are added."), is_new_list=True)

    def _reorder(self, product: Product) -> HttpResponse:
        body = self.read_form(forms.OrderForm)

        def work() -> Answer:
            pictures.reorder(product, body["order"], actor=self.actor)
            return Answer(204)

        self.once(work)
        return self._tell(product, _("The pictures are in their new order."))

    def _tell(self, product: Product, text: str, *, is_new_list: bool = False) -> HttpResponse:
        """The focus stays on what was pressed, unless that is gone with the former list."""
        if self.is_htmx:
            return self._pictures(product, told=text, is_new_list=is_new_list)
        self.say(text)
        return self.go(reverse("catalog:own_product", args=[product.reference]))

    def _refuse(self, product: Product, refusal: Refusal) -> HttpResponse:
        told = forms.naming_files(refusal, self.sent.getlist("images"))
        show = self._pictures if self.is_htmx else self.show_product
        return show(product, refusal=told, pictures_refusal=told, is_new_list=True, status=describe(told)[0])

    def _pictures(self, product: Product, **context: Any) -> HttpResponse:
        return self.show("catalog/own/_pictures_alone.html", product=as_stored(product), most_pictures=pictures.MOST, **context)
