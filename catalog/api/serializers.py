"""What bodies about the catalogue may hold, and what is answered."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aqad.core.fields import (
    DESCRIPTION_LENGTH,
    LARGEST_QUANTITY,
    NAME_LENGTH,
    PRODUCT_NAME_LENGTH,
    REASON_LENGTH,
    MoneyField,
    PictureField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from aqad.core.uploads import check_image
from catalog.actions.pictures import MOST
from catalog.models import Brand, Category, ProductImage, StockMovement
from catalog.names import is_gtin, is_slug
from catalog.statuses import MovementKind, ProductStatus

VAT_RATES = (Decimal("5.00"), Decimal("0.00"))


@extend_schema_field(serializers.CharField())
class SlugField(serializers.Field[Any, Any, Any, Any]):
    """The slug of a category or brand; the value is the row."""

    default_error_messages = {"invalid": _("A slug is expected, like soft-drinks."), "unknown": _("There is no {kind} of this slug.")}

    def __init__(self, model: type[Category | Brand], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not is_slug(data):
            self.fail("invalid")
        found: Model | None = self.model.objects.filter(slug=data.lower()).first()
        if found is None:
            self.fail("unknown", kind=self.model._meta.verbose_name)
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.slug)


class ProductPictureField(PictureField):
    """With the smaller ones that lists show."""

    check = staticmethod(partial(check_image, smaller=tuple(ProductImage.SMALLER.values())))


class GtinField(TextField):
    """A GTIN of 8, 12, 13 or 14 digits whose check digit is right."""

    default_error_messages = {"wrong": _("A barcode has 8, 12, 13 or 14 digits, the last of them the right check digit.")}

    def to_internal_value(self, data: Any) -> str:
        digits = super().to_internal_value(data)
        if not is_gtin(digits):
            self.fail("wrong")
        return digits


@extend_schema_field(serializers.ChoiceField(choices=[str(rate) for rate in VAT_RATES]))
class VatRateField(MoneyField):
    """Per cent: 5.00, or 0.00 for goods that are zero-rated."""

    default_error_messages = {"unknown": _("The VAT rate is 5.00 or 0.00.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.00"), **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        rate = super().to_internal_value(data)
        if rate not in VAT_RATES:
            self.fail("unknown")
        return rate


class ProductText(StrictSerializer):
    """What a vendor says of a product, apart from its stock."""

    name = TextField(max_length=PRODUCT_NAME_LENGTH)
    category = SlugField(Category)
    brand = SlugField(Brand)
    description = TextField(max_length=DESCRIPTION_LENGTH, multiline=True, allow_blank=True, default="")
    price = MoneyField(help_text=_("AED per unit before VAT."))
    vat_rate = VatRateField(default=VAT_RATES[0])
    unit = TextField(max_length=20, default="carton")
    pack_size = TextField(max_length=60, allow_blank=True, default="")
    units_per_pack = WholeNumberField(allow_null=True, default=None)
    min_order_quantity = WholeNumberField(default=1)
    order_multiple = WholeNumberField(default=1)
    sku = TextField(max_length=60, allow_blank=True, default="")
    barcode = GtinField(max_length=14, allow_blank=True, default="")
    low_stock_at = WholeNumberField(min_value=0, allow_null=True, default=None)
    id = serializers.CharField(read_only=True)
    slug = serializers.CharField(read_only=True)
    currency = serializers.CharField(read_only=True)
    in_stock = serializers.BooleanField(read_only=True)
    vendor = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class ProductBody(ProductText):
    """A product to be listed; `images` are files."""

    quantity = WholeNumberField(min_value=0, max_value=LARGEST_QUANTITY)
    status = serializers.ChoiceField(choices=[ProductStatus.PUBLISHED.value, ProductStatus.DRAFT.value], default=ProductStatus.PUBLISHED)
    images = serializers.ListField(child=ProductPictureField(), max_length=MOST, default=list)


class ProductChange(ProductText):
    """A product's new particulars. Without `status` that stays as it is, with PUT too."""

    status = serializers.ChoiceField(choices=[ProductStatus.PUBLISHED.value, ProductStatus.DRAFT.value], required=False)
    quantity = serializers.IntegerField(read_only=True)
    images = serializers.ListField(child=serializers.CharField(), read_only=True)

    def why_unwelcome(self, name: str) -> Any:
        if name == "quantity":
            return _("The quantity is not written here; use POST /api/products/<id>/stock.")
        if name == "images":
            return _("Pictures are not written here; use POST /api/products/<id>/images.")
        return super().why_unwelcome(name)


class PicturesBody(StrictSerializer):
    images = serializers.ListField(child=ProductPictureField(), min_length=1, max_length=MOST)


class StockBody(StrictSerializer):
    """Either how many units came or went, or how many were counted."""

    change = WholeNumberField(min_value=-LARGEST_QUANTITY, required=False)
    on_hand = WholeNumberField(min_value=0, required=False)
    reason = TextField(max_length=REASON_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("change" in attrs) == ("on_hand" in attrs):
            raise serializers.ValidationError({"change": [_("Give either change or on_hand.")]})
        if attrs.get("change") == 0:
            raise serializers.ValidationError({"change": [_("A change of 0 changes nothing.")]})
        return attrs


class CategoryBody(StrictSerializer):
    name = TextField(max_length=NAME_LENGTH)
    parent = SlugField(Category, allow_null=True, default=None, help_text=_("Slug of the one above, or null."))  # type: ignore[assignment]


class BrandBody(StrictSerializer):
    name = TextField(max_length=NAME_LENGTH)


class SlugAndName(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class CategoryShown(SlugAndName):
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]


class CategoryNode(SlugAndName):
    children = serializers.ListField(child=serializers.DictField(), help_text=_("Nodes of the same shape."))


class CategoryTree(serializers.Serializer[Any]):
    results = CategoryNode(many=True)


class VendorNamed(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class PictureShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    url = serializers.CharField()
    width = serializers.IntegerField(help_text=_("In pixels, as is height; the smaller ones have the same proportions."))
    height = serializers.IntegerField()
    medium = serializers.CharField(help_text=_("The same at most 800 pixels long."))
    thumbnail = serializers.CharField(help_text=_("The same at most 320 pixels long, for lists."))


class ProductShown(serializers.Serializer[Any]):
    """Made by `catalog.showing`, straight from the columns; here it is only described."""

    id = serializers.CharField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    price = serializers.CharField()
    currency = serializers.CharField()
    vat_rate = serializers.CharField()
    unit = serializers.CharField()
    pack_size = serializers.CharField(allow_blank=True)
    units_per_pack = serializers.IntegerField(allow_null=True)
    min_order_quantity = serializers.IntegerField()
    order_multiple = serializers.IntegerField()
    sku = serializers.CharField(allow_blank=True)
    barcode = serializers.CharField(allow_blank=True)
    quantity = serializers.IntegerField(help_text=_("What can be ordered now."))
    in_stock = serializers.BooleanField()
    status = serializers.CharField()
    category = SlugAndName()
    brand = SlugAndName()
    vendor = VendorNamed()
    images = PictureShown(many=True)
    created_at = serializers.DateTimeField()


class OwnProductShown(ProductShown):
    """With what only its vendor and AQAD's staff see."""

    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    low_stock_at = serializers.IntegerField(allow_null=True)
    taken_down = serializers.BooleanField()
    takedown_reason = serializers.CharField(allow_blank=True)


class StockShown(serializers.Serializer[Any]):
    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField()


class MovementShown(serializers.ModelSerializer[StockMovement]):
    kind = serializers.ChoiceField(choices=MovementKind.choices)
    order = serializers.SerializerMethodField()

    class Meta:
        model = StockMovement
        fields = ["kind", "on_hand_change", "reserved_change", "reason", "order", "actor", "at"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_order(self, movement: StockMovement) -> str | None:
        return movement.order or None
