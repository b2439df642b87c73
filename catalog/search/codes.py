"""Finding products by what stands on a shelf label or an order form: a reference, a SKU, a barcode; many at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from catalog.models import Product
from catalog.search.finding import Codes


def by_codes(products: QuerySet[Product], texts: Iterable[str]) -> dict[str, list[Product]]:
    """For each text those of `products` of which it is the reference, the SKU or the barcode, oldest first; one query for them all."""
    wanted = {text: Codes.of(text) for text in texts}
    texts_of: dict[int | str, set[str]] = {}
    for text, codes in wanted.items():
        for spelling in (codes.number, *codes.skus, *codes.barcodes):
            if spelling:
                texts_of.setdefault(spelling, set()).add(text)
    numbers = [spelling for spelling in texts_of if isinstance(spelling, int)]
    spellings = [spelling for spelling in texts_of if isinstance(spelling, str)]
    found: dict[str, list[Product]] = {text: [] for text in wanted}
    for product in products.filter(Q(pk__in=numbers) | Q(sku__in=spellings) | Q(barcode__in=spellings)).order_by("pk"):
        meant = texts_of.get(product.pk, set()) | texts_of.get(product.sku, set()) | texts_of.get(product.barcode, set())
        for text in meant:
            found[text].append(product)
    return found
