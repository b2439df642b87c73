"""The vendor's own products: their list, where prices and stock are mended in the row, and the form of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core.errors import Invalid, Refusal
from aqad.core.handler import describe
from aqad.core.idempotency import Answer
from aqad.core.replica import from_replica
from catalog.actions import products, stock, taxonomy
from catalog.actions.pictures import kept
from catalog.actions.products import ProductFields
from catalog.api.serializers import ProductChange
from catalog.models import Product
from catalog.querysets import products_of
from catalog.search.finding import matching
from catalog.showing import columns
from catalog.statuses import ProductStatus
from catalog.web import forms
from catalog.web.own import OwnProductPage, as_stored, for_vendor
from vendors.models import Vendor

FILTERS = ("search", "status")
CORRECT = "correct"  # the product whose stock is being corrected in its row


class OwnProductsPage(OwnProductPage):
    """The list. Its rows' small forms answer with the row to htmx, and lead back to the list without it."""

    @from_replica
    def show_list(self, request: Request) -> HttpResponse:
        query = forms.ListQuery(data={name: value for name, value in request.query_params.items() if name in FILTERS})
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        rows = products_of(self.actor).filter(forms.VIEWS[wanted["status"]][1])
        found = matching(rows, wanted["search"]) if wanted["search"] else rows
        page = self.rows(columns(found), filters=(*FILTERS, CORRECT))
        views = [(code, label) for code, (label, _condition) in forms.VIEWS.items()]
        listed = for_vendor(page["results"])
        return self.show(
            "catalog/own/products.html",
            products=listed,
            pagination=page["pagination"],
            wanted=wanted,
            views=views,
            here=self._here(),
            correcting=request.query_params.get(CORRECT),
        )

    def price(self, request: Request, reference: str) -> HttpResponseBase:
        return self._edit(reference, "price", self._change_price)

    def show_correction(self, request: Request, reference: str) -> HttpResponse:
        """The row with its form; for whoever comes without htmx, in the list."""
        product = self.own(reference)
        if self.is_htmx:
            return self._row(product, "", correcting=product.reference)
        return self.go(f"{reverse('catalog:own_products')}?{urlencode({CORRECT: product.reference})}")

    def correct(self, request: Request, reference: str) -> HttpResponseBase:
        return self._edit(reference, "stock", self._correct_stock)

    def _change_price(self, product: Product) -> str:
        body = self.read_form(ProductChange, partial=True, leave_out_blank=False)

        def work() -> Answer:
            products.update_product(product, fields=cast(ProductFields, body), actor=self.actor)
            return Answer(204)

        self.once(work)
        return _("The price of %(name)s is saved.") % {"name": product.name}

    def _correct_stock(self, product: Product) -> str:
        body = self.read_form(forms.ChangeForm)

        def work() -> Answer:
            stock.adjust(product, change=body["change"], reason=body["reason"], actor=self.actor)
            return Answer(204)

        self.once(work)
        return _("The stock of %(name)s is corrected.") % {"name": product.name}

    def _edit(self, reference: str, part: str, change: Callable[[Product], str]) -> HttpResponseBase:
        product = self.own(reference)

        def work() -> HttpResponse:
            told = change(product)
            if self.is_htmx:
                return self._row(product, part, told=told)
            self.say(told)
            return self.go_back(reverse("catalog:own_products"))

        return self.attempt(work, otherwise=partial(self._refuse_edit, product, part))

    def _refuse_edit(self, product: Product, part: str, refusal: Refusal) -> HttpResponse:
        if not self.is_htmx:
            self.say(f"{product.name}: {refusal.message}", good=False)
            return self.go_back(reverse("catalog:own_products"))
        status, _body, _headers = describe(refusal)
        wrong = refusal.errors if isinstance(refusal, Invalid) else {}
        correcting = product.reference if part == "stock" else ""
        return self._row(product, part, status=status, refusal=refusal, errors=wrong, typed=self.sent, correcting=correcting)

    def _row(self, product: Product, part: str, **context: Any) -> HttpResponse:
        here = self.sent.get("next", "")
        return self.show("catalog/own/_row_alone.html", product=as_stored(product), edited=part, here=here, **context)

    def _here(self) -> str:
        """The list as it is being looked at, with no row's form open."""
        query = {name: value for name, value in self.request.query_params.items() if name != CORRECT}
        return f"{self.web.path}?{urlencode(query)}" if query else self.web.path


class ProductPage(OwnProductPage):
    """A product's form, first empty, then with what is stored."""

    def show_new(self, request: Request) -> HttpResponse:
        return self.show("catalog/own/new.html", product=forms.NEW, **self.choices())

    def create(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._create, otherwise=self._refuse_new)

    def show_one(self, request: Request, reference: str) -> HttpResponse:
        return self.show_product(self.own(reference))

    def save(self, request: Request, reference: str) -> HttpResponseBase:
        product = self.own(reference)
        return self.attempt(partial(self._save, product), otherwise=partial(self._refuse_save, product))

    def change_status(self, request: Request, reference: str) -> HttpResponseBase:
        product = self.own(reference)
        return self.attempt(partial(self._change_status, product), otherwise=partial(self.show_refused, product))

    def archive(self, request: Request, reference: str) -> HttpResponseBase:
        product = self.own(reference)

        def work() -> Answer:
            products.archive_product(product, actor=self.actor)
            return Answer(204)

        self.once(work)
        self.say(_("%(name)s is archived. Nobody can order it any more.") % {"name": product.name})
        return self.go(_address(product.reference))

    def _create(self) -> HttpResponse:
        self.count_uploads()
        body = self.read_form(forms.NewProductForm)
        quantity, pictures = body.pop("quantity"), body.pop("images")
        vendor = Vendor.objects.get(company=self.actor.company)
        with kept(pictures) as stored:

            def work() -> Answer:
                fields = self._with_brand(body)
                product = products.create_product(vendor=vendor, fields=fields, quantity=quantity, pictures=stored, actor=self.actor)
                return Answer(201, {"id": product.reference})

            reference = self.once(work).data["id"]
        told = _("%(name)s is in the shop.") if body["status"] == ProductStatus.PUBLISHED else _("%(name)s is a draft; only you see it.")
        self.say(told % {"name": body["name"]})
        return self.go(_address(reference))

    def _refuse_new(self, refusal: Refusal) -> HttpResponse:
        told = forms.naming_files(refusal, self.sent.getlist("images"))
        return self.show_again("catalog/own/new.html", told, product=forms.NEW, **self.choices())

    def _save(self, product: Product) -> HttpResponse:
        body = self.read_form(forms.ProductForm)

        def work() -> Answer:
            return Answer(200, products.update_product(product, fields=self._with_brand(body), actor=self.actor))

        changed = self.once(work).data
        self.say(_("Your changes are saved.") if changed else _("Everything was so already; nothing is changed."))
        return self.go(_address(product.reference))

    def _refuse_save(self, product: Product, refusal: Refusal) -> HttpResponse:
        return self.show_again("catalog/own/product.html", refusal, **self.of_product(product))

    def _change_status(self, product: Product) -> HttpResponse:
        body = self.read_form(ProductChange, partial=True)

        def work() -> Answer:
            products.update_product(product, fields=cast(ProductFields, body), actor=self.actor)
            return Answer(204)

        self.once(work)
        told = _("%(name)s is in the shop.") if product.status == ProductStatus.PUBLISHED else _("%(name)s is a draft; only you see it.")
        self.say(told % {"name": product.name})
        return self.go(_address(product.reference))

    def _with_brand(self, body: dict[str, Any]) -> ProductFields:
        return cast(ProductFields, {**body, "brand": taxonomy.brand_named(body["brand"], actor=self.actor)})


def _address(reference: str) -> str:
    return reverse("catalog:own_product", args=[reference])
