"""The public pages that are stored: what each is made of, and how it is read from its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from aqad.core import limits, pages
from aqad.core.errors import Invalid, NotFound, Refusal
from aqad.core.handler import describe
from aqad.core.stored_pages import Parts, StoredPage
from catalog.freshness import SUBJECT
from catalog.querysets import products_on_sale, vendors_trading
from catalog.search import popular
from catalog.selling import model_products, popular_products, vendors_to_show
from catalog.showing import columns, shown
from catalog.tree import Node, Tree
from catalog.web.cards import absolute, cards, initials
from catalog.web.finder import Wanted, found, popular_links, read_wanted, typed
from vendors.models import Vendor

POPULAR, VENDORS = 12, 12
# What a search engine shall not keep an address for each value of.
PASSING = frozenset({"search", "min_price", "max_price", "in_stock", "sort"})


def read_home(_query: QueryDict) -> tuple[()]:
    """Whatever the address holds besides means nothing here."""
    return ()


def build_home(_wanted: tuple[()]) -> Parts:
    tree, models = Tree.read(), model_products()
    chosen = popular_products(POPULAR)
    faces = {top.pk: next((models[node.pk] for node in tree.within(top) if node.pk in models), None) for top in tree.tops}
    rows = columns(products_on_sale().using("default").filter(pk__in={*chosen, *(pk for pk in faces.values() if pk)}))
    products = {product["id"]: product for product in cards(shown(rows))}
    context = {
        "tiles": [_tile(top, products.get(f"P{faces[top.pk]}")) for top in tree.tops],
        "products": [products[f"P{pk}"] for pk in chosen if f"P{pk}" in products],
        "vendors": [_vendor(vendor) for vendor in vendors_to_show(VENDORS)],
    }
    title = _("Wholesale by the carton for shops in the UAE")
    description = _("Order food, drinks and household goods by the carton from suppliers across the UAE, at trade prices in AED.")
    return {
        "path": reverse("catalog:home"),
        "title": title,
        "head_html": _head(title, description, reverse("catalog:home")),
        "main_html": render_to_string("catalog/_home.html", context),
        "searches": popular_links(),
    }


def build_products(wanted: Wanted) -> Parts:
    listed = found(wanted)
    here: Node | None = listed["here"]
    context = {**listed, "heading": here.name if here else _("Products")}
    title = _title(wanted, listed)
    description = _("%(what)s by the carton from suppliers in the UAE: prices per carton and per piece, before VAT.") % {"what": title}
    return _list_parts(wanted, listed, title=title, description=description, main=render_to_string("catalog/_finder.html", context))


def build_window(wanted: Wanted) -> Parts:
    """Raises NotFound for a vendor that is not there or may not sell now."""
    number = wanted.vendor
    vendor = vendors_trading().using("default").filter(pk=number).first() if number else None
    if vendor is None:
        raise NotFound
    listed = found(wanted)
    here: Node | None = listed["here"]
    context = {**listed, "heading": here.name if here else _("Products"), "vendor": _vendor(vendor)}
    name = vendor.company.name
    description = _("Everything that %(vendor)s sells to shops by the carton on AQAD: prices before VAT, stock, delivery area.")
    main = render_to_string("catalog/_window.html", context)
    return _list_parts(wanted, listed, title=name, description=description % {"vendor": name}, main=main)


def show_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The list's form with what was typed and what is wrong with it; for any other refusal its own page."""
    if not isinstance(refusal, Invalid):
        return pages.refused(request, refusal)
    here = request.path
    context = {
        "path": here,
        "typed": typed(request.GET),
        "errors": refusal.errors,
        "refusal": refusal,
        "start": here,
        "heading": _("Products"),
    }
    main = render_to_string("catalog/_finder.html", context)
    page = {"title": _("Products"), "main_html": main, "head_html": ""}
    return render(request, "catalog/finder.html", {"page": page}, status=describe(refusal)[0])


def note_search(request: HttpRequest, parts: Parts) -> None:
    """Count what somebody meant to find, once it has found something: not each letter on the way there (static/js/finder.js)."""
    if parts["term"] and request.method == "GET" and "HX-Request" not in request.headers:
        user = request.user
        popular.note(parts["term"], person=f"user:{user.pk}" if user.is_authenticated else f"address:{limits.address_key(request)}")


def _list_parts(wanted: Wanted, listed: dict[str, Any], *, title: str, description: str, main: str) -> Parts:
    is_first, is_found = wanted.products.window.cursor is None, bool(listed["products"])
    is_lasting = is_first and is_found and not PASSING & set(wanted.parameters)
    picture = listed["products"][0]["picture"] if is_found else None
    return {
        "path": wanted.path,
        "title": title,
        "head_html": _head(title, description, wanted.link(), picture=picture["url"] if picture else "", is_lasting=is_lasting),
        "main_html": main,
        "term": wanted.products.search if is_first and is_found and not listed["forgiven"] else "",
    }


def _title(wanted: Wanted, listed: dict[str, Any]) -> str:
    """`“milk”`, `Soft Drinks`, `Al Ain · Water`"""
    names = [option.label for option in (*listed["brands"], *listed["vendors"]) if option.chosen]
    names += [listed["here"].name] if listed["here"] else []
    search = wanted.products.search
    return " · ".join([*([f"“{search}”"] if search else []), *names]) or _("Products")


def _head(title: str, description: str, path: str, *, picture: str = "", is_lasting: bool = True) -> str:
    context = {
        "title": title,
        "description": description,
        "canonical": absolute(path),
        "picture": absolute(picture) if picture else "",
        "is_lasting": is_lasting,
    }
    return render_to_string("catalog/_head.html", context)


def _tile(top: Node, product: dict[str, Any] | None) -> dict[str, Any]:
    link = f"{reverse('catalog:products')}?category={top.slug}"
    return {"name": top.name, "link": link, "picture": product["picture"] if product else None}


def _vendor(vendor: Vendor) -> dict[str, Any]:
    """What strangers may know of a vendor."""
    return {
        "name": vendor.company.name,
        "link": reverse("catalog:window", args=[vendor.reference]),
        "logo": vendor.logo.url if vendor.logo else "",
        "initials": initials(vendor.company.name),
        "delivers_to": vendor.delivers_to,
        "minimum": vendor.minimum_order_value,
    }


HOME = StoredPage("home", subject=SUBJECT, template="catalog/home.html", read=read_home, build=build_home)
PRODUCTS = StoredPage(
    "products",
    subject=SUBJECT,
    template="catalog/finder.html",
    read=read_wanted,
    build=build_products,
    refused=show_refused,
    served=note_search,
)
WINDOW = StoredPage(
    "window",
    subject=SUBJECT,
    template="catalog/finder.html",
    read=read_wanted,
    build=build_window,
    refused=show_refused,
    served=note_search,
)
