"""What the shop window leads with: what leaves the shelves, and a picture for each part of the catalogue."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from aqad.core import clock
from catalog.models import Category, Product, ProductImage, StockMovement
from catalog.querysets import ON_SALE, products_on_sale, vendors_trading
from catalog.statuses import MovementKind
from vendors.models import Vendor

LATELY = timedelta(days=30)
MOST_MOVEMENTS = 5000
CANDIDATES = 100
MODELS_AMONG = 50  # newest products of a category, of which one is looked for that has a picture
REMEMBERED = 600  # seconds; what is shown of a product is read anew, only the choice is remembered


def best_selling() -> list[int]:
    """The products of which most units were dispatched lately, best first; of the newest 5,000 dispatches, at most ten minutes old."""
    return list(cache.get_or_set("best_selling", _best_selling, REMEMBERED) or [])


def popular_products(number: int) -> list[int]:
    """Products on sale and in stock: what sells best, then the newest."""
    in_stock = products_on_sale().using("default").filter(stock__on_hand__gt=F("stock__reserved"))
    best = best_selling()
    there = set(in_stock.filter(pk__in=best).values_list("pk", flat=True))
    chosen = [pk for pk in best if pk in there][:number]
    missing = number - len(chosen)
    return chosen + list(in_stock.exclude(pk__in=chosen).order_by("-pk").values_list("pk", flat=True)[:missing]) if missing else chosen


def model_products() -> dict[int, int]:
    """For each category the newest product in it that has a picture, if one of the newest 50 has; at most ten minutes old."""
    return dict(cache.get_or_set("model_products", _model_products, REMEMBERED) or {})


def vendors_to_show(number: int) -> QuerySet[Vendor]:
    """Vendors that have something on sale, the longest with us first."""
    on_sale = Product.objects.filter(ON_SALE, vendor=OuterRef("pk"))
    return vendors_trading().using("default").filter(Exists(on_sale)).order_by("pk")[:number]


def _best_selling() -> list[int]:
    dispatched = StockMovement.objects.using("default").filter(kind=MovementKind.DISPATCHED).order_by("-pk")
    since, units = clock.now() - LATELY, Counter[int]()
    for product, change, at in dispatched.values_list("product_id", "on_hand_change", "at")[:MOST_MOVEMENTS]:
        if at >= since:
            units[product] -= change
    return [product for product, _ in units.most_common(CANDIDATES)]


def _model_products() -> dict[int, int]:
    newest = Product.objects.filter(category=OuterRef(OuterRef("pk"))).order_by("-pk").values("pk")[:MODELS_AMONG]
    pictured = Exists(ProductImage.objects.filter(product=OuterRef("pk")))
    model = products_on_sale().filter(pictured, pk__in=Subquery(newest)).order_by("-pk").values("pk")[:1]
    rows = Category.objects.using("default").annotate(model=Subquery(model)).values_list("pk", "model")
    return {category: product for category, product in rows if product is not None}
