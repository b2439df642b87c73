"""What the vendor's forms hold where they differ from the API's bodies, and what stands in their lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.core.actor import Actor
from aqad.core.errors import FieldErrors, Invalid, Refusal, Words
from aqad.core.fields import LARGEST_QUANTITY, NAME_LENGTH, StrictSerializer, TextField, WholeNumberField
from aqad.core.uploads import shown_name
from catalog.api import listing
from catalog.api.serializers import VAT_RATES, ProductBody, ProductChange, StockBody
from catalog.models import Brand
from catalog.querysets import RUNNING_LOW, products_of
from catalog.search.finding import LONGEST_SEARCH
from catalog.statuses import ProductStatus

MOST_BRANDS = 500
# What a list of own products may show: what it is called, and which these are.
VIEWS: dict[str, tuple[Words, Q]] = {
    "": (_("All"), Q()),
    "published": (_("Published"), Q(status=ProductStatus.PUBLISHED)),
    "draft": (_("Drafts"), Q(status=ProductStatus.DRAFT)),
    "low": (_("Running low"), RUNNING_LOW),
    "taken_down": (_("Taken down"), Q(taken_down_at__isnull=False)),
    "archived": (_("Archived"), Q(status=ProductStatus.ARCHIVED)),
}
VAT_CHOICES = [(str(rate), f"{rate:.0f} %") for rate in VAT_RATES]
# A new product's form before anything is typed.
NEW = {"vat_rate": str(VAT_RATES[0]), "unit": "carton", "min_order_quantity": 1, "order_multiple": 1}


class ListQuery(StrictSerializer):
    """What the list of own products is narrowed to."""

    search = TextField(max_length=LONGEST_SEARCH, allow_blank=True, default="")
    status = serializers.ChoiceField(choices=list(VIEWS), default="")


class NewProductForm(ProductBody):
    """As by API, but the brand is named."""

    brand = TextField(max_length=NAME_LENGTH)  # type: ignore[assignment]


class ProductForm(ProductChange):
    """As by API, but the brand is named."""

    brand = TextField(max_length=NAME_LENGTH)  # type: ignore[assignment]


class ChangeForm(StockBody):
    change = WholeNumberField(min_value=-LARGEST_QUANTITY)


class CountForm(StockBody):
    on_hand = WholeNumberField(min_value=0)


class OrderForm(StrictSerializer):
    """The ids of all pictures, in their new order, with commas between them."""

    order = serializers.RegexField(r"\A[0-9]{1,18}(,[0-9]{1,18}){0,49}\Z")

    def validate_order(self, value: str) -> list[int]:
        return [int(number) for number in value.split(",")]


def categories() -> Iterator[tuple[str, str]]:
    """The whole tree to choose from, each level further in."""
    yield "", str(_("Choose one"))
    yield from _indented(listing.build_categories(())["results"], 0)


def brands(actor: Actor) -> list[str]:
    """Names to choose from: those that the vendor sells already, then others."""
    own = Exists(products_of(actor).filter(brand=OuterRef("pk")))
    return list(Brand.objects.annotate(is_own=own).order_by("-is_own", "name").values_list("name", flat=True)[:MOST_BRANDS])


def naming_files(refusal: Refusal, uploads: Sequence[UploadedFile[Any]]) -> Refusal:
    """The refusal of one of several pictures, told at their one field with the picture's name."""
    if not isinstance(refusal, Invalid):
        return refusal
    wrong: FieldErrors = {}
    for field, words in refusal.errors.items():
        name, _dot, number = field.partition(".")
        if name == "images" and number.isdigit():
            words = [f"{shown_name(uploads[int(number)].name)}: {word}" for word in words]
        wrong.setdefault(name, []).extend(words)
    return Invalid(wrong, message=None if "images" in wrong and len(wrong) == 1 else refusal.message, code=refusal.code)


def _indented(nodes: list[dict[str, Any]], depth: int) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield node["slug"], "\u2003" * depth + node["name"]
        yield from _indented(node["children"], depth + 1)
