"""What is made of names: slugs for addresses, the text that search looks through, trade item numbers."""

from __future__ import annotations

import re

from django.utils.text import slugify
from stdnum import ean
from stdnum.exceptions import ValidationError

from aqad.core.text import folded
from catalog.models import Product

LONGEST_SLUG, LONGEST_PRODUCT_SLUG = 140, 220
LONGEST_WORD = 100
GTIN_FORM = re.compile(r"[0-9]{8}|[0-9]{12,14}", re.ASCII)
SLUG_FORM = re.compile(r"[\w-]+")


def slug_of(name: str, *, longest: int = LONGEST_SLUG) -> str:
    """`Soft Drinks` → `soft-drinks`; letters of any script stay. Empty when the name has neither letter nor digit."""
    return slugify(name, allow_unicode=True)[:longest].strip("-_")


def is_slug(text: str) -> bool:
    return len(text) <= LONGEST_SLUG and SLUG_FORM.fullmatch(text) is not None


def words_of(text: str) -> list[str]:
    """The words that search compares: folded, of at most 100 characters."""
    return [word[:LONGEST_WORD] for word in folded(text).split()]


def search_text_of(product: Product) -> str:
    """Everything of a product that search looks through; the name comes first, so that its words weigh more."""
    parts = (product.name, product.brand.name, product.category.name, product.pack_size, product.sku, product.barcode)
    return " ".join(words_of(" ".join(parts)))


def is_gtin(text: str) -> bool:
    """A GTIN-8, -12, -13 or -14 with its right check digit."""
    if not GTIN_FORM.fullmatch(text):
        return False
    try:
        ean.validate(text)
    except ValidationError:
        return False
    return True


def gtin_spellings(text: str) -> list[str]:
    """The same number as shops write it: a UPC of 12 digits is an EAN of 13 with a zero before it."""
    bare = text.lstrip("0")
    return [bare.zfill(length) for length in (8, 12, 13, 14) if len(bare) <= length] if GTIN_FORM.fullmatch(text) else []
