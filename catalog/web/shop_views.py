"""The shop window: what anybody may look at."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect
from rest_framework.request import Request

from aqad.core.errors import Invalid, NotFound
from aqad.core.references import number_of
from aqad.core.replica import from_replica
from aqad.core.stored_pages import StoredPage
from aqad.core.views import ANYONE
from aqad.core.web import Page
from catalog.models import Product
from catalog.showing import shown_on_sale
from catalog.tree import Tree
from catalog.web import shop_pages
from catalog.web.cards import absolute, detailed, product_path
from catalog.web.linked_data import trail_of, what_search_engines_read


class ShopPage(Page):
    """Lists and windows come here only for people who are signed in (`stored_for_strangers`)."""

    roles = {"*": (ANYONE,)}

    def home(self, request: Request) -> HttpResponse:
        return self._show_stored(shop_pages.HOME)

    def products(self, request: Request) -> HttpResponseBase:
        return self._found(shop_pages.PRODUCTS)

    def window(self, request: Request, reference: str) -> HttpResponseBase:
        """A vendor with its products."""
        return self._found(shop_pages.WINDOW, reference=reference)

    @from_replica
    def product(self, request: Request, reference: str, slug: str = "") -> HttpResponseBase:
        """One product, never stored; whoever comes by an old or shortened address is sent to the right one."""
        number = number_of(reference, Product.PREFIX)
        found = None if number is None else shown_on_sale([number]).get(number)
        if found is None:
            raise NotFound
        path = product_path(found["id"], found["slug"])
        if (reference, slug) != (found["id"], found["slug"]):
            return HttpResponsePermanentRedirect(path)
        product, tree = detailed(found), Tree.read()
        crumbs = trail_of(tree, product["category"]["slug"])
        return self.show(
            "catalog/product.html",
            product=product,
            crumbs=crumbs,
            canonical=absolute(path),
            linked_data=what_search_engines_read(product, crumbs),
        )

    def _found(self, stored: StoredPage[Any], **place: str) -> HttpResponseBase:
        return self.attempt(
            lambda: self._show_stored(stored, **place),
            otherwise=lambda refusal: shop_pages.show_refused(self.web, refusal),
            mendable=(Invalid,),
        )

    def _show_stored(self, stored: StoredPage[Any], **place: str) -> HttpResponse:
        """The stored content in the person's own shell, or alone for a part of the page that asks for it."""
        htmx: Any = getattr(self.web, "htmx", None)
        template = "catalog/_content.html" if htmx and not htmx.history_restore_request else stored.template
        return self.show(template, page=stored.parts(self.web, **place))
