"""For search engines: what there is to read, in parts that cost one walk along the primary key each, and what is nobody's business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Category, Product
from catalog.querysets import products_on_sale, vendors_trading
from catalog.web.cards import absolute, product_path

PART = 10_000  # primary keys in a part
MOST_VENDORS = 40_000  # a sitemap holds 50,000 addresses
HOUR = 3600
BATCH = 1000
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
PRIVATE = (
    "/api/", "/admin/", "/account", "/addresses", "/cart", "/checkout", "/company", "/dashboard", "/deliveries", "/find", "/notifications",
    "/orders", "/password/", "/payments/", "/quick-order", "/sandbox-bank/", "/sign-in/", "/team", "/vendor/", "/*?*search=", "/*?*cursor=",
)  # fmt: skip


@require_safe
def robots(_request: HttpRequest) -> HttpResponseBase:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {absolute(reverse('catalog:sitemap'))}", ""]
    return _kept(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"))


@require_safe
def index(_request: HttpRequest) -> HttpResponseBase:
    """The parts there are; looked up once an hour."""
    parts = cache.get_or_set("sitemap_parts", _parts, HOUR) or []
    places = [reverse("catalog:sitemap_shop"), *(reverse("catalog:sitemap_products", args=[part]) for part in parts)]
    return _written("sitemapindex", (f"<sitemap><loc>{escape(absolute(place))}</loc></sitemap>" for place in places))


@require_safe
def shop(_request: HttpRequest) -> HttpResponseBase:
    """Home, the list, its categories, and every vendor's window."""
    listed = reverse("catalog:products")
    categories = Category.objects.order_by("pk").values_list("slug", flat=True)
    vendors = vendors_trading().order_by("pk").values_list("company__reference", flat=True)[:MOST_VENDORS]
    places = [
        reverse("catalog:home"),
        listed,
        *(f"{listed}?{urlencode({'category': slug})}" for slug in categories),
        *(reverse("catalog:window", args=[reference]) for reference in vendors),
    ]
    return _written("urlset", (f"<url><loc>{escape(absolute(place))}</loc></url>" for place in places))


@require_safe
def products(_request: HttpRequest, part: int) -> HttpResponseBase:
    """What is on sale among ten thousand primary keys."""
    within = (
        products_on_sale().filter(pk__gte=part * PART, pk__lt=(part + 1) * PART) if part < 2**63 // PART - 1 else Product.objects.none()
    )
    if not within.exists():
        raise Http404
    return _written("urlset", _product_lines(within.order_by("pk").values_list("pk", "slug", "updated_at").iterator(BATCH)))


def _product_lines(rows: Iterable[tuple[int, str, object]]) -> Iterator[str]:
    pattern = escape(absolute(product_path("REFERENCE", "SLUG")))
    for pk, slug, changed in rows:
        place = pattern.replace("REFERENCE", f"{Product.PREFIX}{pk}").replace("SLUG", quote(slug))
        yield f"<url><loc>{place}</loc><lastmod>{timezone.localtime(changed).date().isoformat()}</lastmod></url>"  # type: ignore[arg-type]


def _parts() -> list[int]:
    """One look along the primary key for each part, and none for the gaps."""
    on_sale, parts = products_on_sale().order_by("pk").values_list("pk", flat=True), list[int]()
    first = on_sale.first()
    while first is not None:
        parts.append(first // PART)
        first = on_sale.filter(pk__gte=(parts[-1] + 1) * PART).first()
    return parts


def _written(root: str, lines: Iterable[str]) -> HttpResponseBase:
    """An XML document, sent while it is written."""

    def pieces() -> Iterator[str]:
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{XMLNS}">'
        yield from lines
        yield f"</{root}>\n"

    return _kept(StreamingHttpResponse(pieces(), content_type="application/xml; charset=utf-8"))


def _kept(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return response
