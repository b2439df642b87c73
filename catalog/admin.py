"""The catalogue: categories and brands are changed by their actions, products are looked at and taken down, stock is shown only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aqad.accounts.admin import LATEST
from aqad.audit.querysets import history_of
from aqad.core.actor import Actor
from aqad.core.admin import ActionButtons, Button, FoundByReference, ReadOnlyState
from aqad.core.admin_shown import NOTHING, Row, Table, link_to, state_of
from aqad.core.bodies import ReasonBody
from aqad.core.fields import NAME_LENGTH, StrictSerializer, TextField
from catalog.actions import products, taxonomy
from catalog.models import Brand, Category, Product, ProductImport, StockMovement

FAILED_ROWS = 50


class NameBody(StrictSerializer):
    name = TextField(label=_("Name"), max_length=NAME_LENGTH)


class CategoryBody(NameBody):
    parent = serializers.SlugRelatedField(  # type: ignore[assignment]
        label=_("Stands below"),
        slug_field="slug",
        queryset=Category.objects.order_by("name"),
        required=False,
        allow_null=True,
        default=None,
    )


def _delete(action: Any) -> Button:
    return Button("delete", _("Delete"), action, done=_("Deleted."), is_dangerous=True, leads_away=True)


@admin.register(Category)
class CategoryAdmin(ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "change",
            _("Rename or move"),
            taxonomy.change_category,
            done=_("Changed."),
            asks=CategoryBody,
            starts_with=lambda category: {"name": category.name, "parent": category.parent.slug if category.parent else None},
        ),
        _delete(taxonomy.delete_category),
    )
    list_buttons = (Button("add", _("Add a category"), taxonomy.create_category, done=_("Added."), asks=CategoryBody),)
    list_display = ("name", "slug", "parent", "created_at")
    list_select_related = ("parent",)
    search_fields = ("name", "slug", "parent__name")
    ordering = ("name", "pk")
    fields = ("name", "slug", "parent", "created_at")

    def page_context(self, request: HttpRequest, row: Category) -> dict[str, Any]:
        below = Table(_("Below it"), [_("Name"), _("Slug")], [Row([link_to(one), one.slug]) for one in row.children.order_by("name")])
        return {**super().page_context(request, row), "tables": [below], "events": history_of(f"category:{row.pk}")[:LATEST]}


@admin.register(Brand)
class BrandAdmin(ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "change",
            _("Rename"),
            taxonomy.change_brand,
            done=_("Changed."),
            asks=NameBody,
            starts_with=lambda brand: {"name": brand.name},
        ),
        _delete(taxonomy.delete_brand),
    )
    list_buttons = (Button("add", _("Add a brand"), taxonomy.create_brand, done=_("Added."), asks=NameBody),)
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    ordering = ("name", "pk")
    fields = ("name", "slug", "created_at")

    def page_context(self, request: HttpRequest, row: Brand) -> dict[str, Any]:
        return {**super().page_context(request, row), "events": history_of(f"brand:{row.pk}")[:LATEST]}


def _take_down(product: Product, *, reason: str, actor: Actor) -> Product:
    return products.take_down(product, reason=reason, actor=actor)


@admin.register(Product)
class ProductAdmin(FoundByReference, ActionButtons, ReadOnlyState):
    buttons = (
        Button(
            "take-down",
            _("Take down"),
            _take_down,
            done=_("Nobody but its vendor sees it now."),
            asks=ReasonBody,
            is_offered=lambda product: product.taken_down_at is None,
            is_dangerous=True,
        ),
        Button(
            "restore",
            _("Restore"),
            products.restore,
            done=_("It is for its vendor to say again."),
            is_offered=lambda product: product.taken_down_at is not None,
        ),
    )
    references = {"P": "pk", "V": "vendor"}
    list_display = ("number", "name", "sold_by", "brand", "category", "price", "available", "state", "taken_down_at")
    list_display_links = ("number", "name")
    list_filter = ("status", ("taken_down_at", admin.EmptyFieldListFilter), ("stock__is_low", admin.BooleanFieldListFilter))
    search_fields = ("name", "sku", "barcode", "brand__name", "vendor__company__name")
    search_help_text = _("Name, SKU, barcode, brand, vendor or number (P1001, V1001)")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("number", "name", "sold_by", "state", "taken_down_at", "takedown_reason", "category", "brand", "description")}),
        (_("Price"), {"fields": ("price", "vat_rate", "unit", "pack_size", "units_per_pack", "min_order_quantity", "order_multiple")}),
        (_("Stock"), {"fields": ("on_hand", "reserved", "available", "low_stock_at")}),
        (_("Codes"), {"fields": ("sku", "barcode", "slug", "created_at", "updated_at")}),
    )
    readonly_fields = ("number", "sold_by", "state", "on_hand", "reserved", "available")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("vendor__company", "brand", "category", "stock")

    @admin.display(description=_("number"), ordering="pk")
    def number(self, product: Product) -> str:
        return product.reference

    @admin.display(description=_("vendor"), ordering="vendor__company__name")
    def sold_by(self, product: Product) -> str | SafeString:
        return link_to(product.vendor)

    @admin.display(description=_("status"), ordering="status")
    def state(self, product: Product) -> SafeString:
        return state_of(product)

    @admin.display(description=_("on hand"))
    def on_hand(self, product: Product) -> int:
        return product.stock.on_hand

    @admin.display(description=_("reserved"))
    def reserved(self, product: Product) -> int:
        return product.stock.reserved

    @admin.display(description=_("available"))
    def available(self, product: Product) -> int:
        return product.stock.available

    def page_context(self, request: HttpRequest, row: Product) -> dict[str, Any]:
        small = [(image.thumbnail or image.file).url for image in row.images.all()]
        images = [Row([format_html('<img src="{}" alt="" width="96" loading="lazy">', url)]) for url in small]
        tables = [Table(_("Images"), [], images), _ledger_of(row)]
        return {**super().page_context(request, row), "tables": tables, "events": history_of(row.reference)[:LATEST]}


def _ledger_of(product: Product) -> Table:
    newest = product.movements.order_by("-pk")[:LATEST]
    rows = [
        Row([one.at, one.get_kind_display(), f"{one.on_hand_change:+d}", f"{one.reserved_change:+d}", one.order or one.reason or NOTHING])
        for one in newest
    ]
    return Table(_("Newest in the stock ledger"), [_("When"), _("What"), _("On hand"), _("Reserved"), _("For")], rows)


@admin.register(StockMovement)
class StockMovementAdmin(FoundByReference, ReadOnlyState):
    """The whole ledger; nothing of it ever changes."""

    references = {"P": "product"}
    list_display = ("at", "kind", "product", "on_hand_change", "reserved_change", "order", "reason", "actor")
    list_filter = ("kind",)
    list_select_related = ("product",)
    search_fields = ("=order", "product__name")
    search_help_text = _("Order (ORD1001), product (P1001) or its name")
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ProductImport)
class ProductImportAdmin(FoundByReference, ActionButtons, ReadOnlyState):
    references = {"V": "vendor"}
    list_display = ("filename", "sold_by", "state_shown", "dry_run", "rows", "created", "updated", "unchanged", "failed", "created_at")
    list_filter = ("state", "dry_run")
    list_select_related = ("vendor__company",)
    search_fields = ("filename", "vendor__company__name")
    search_help_text = _("File, vendor or its number (V1001)")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("filename", "sold_by", "user", "state_shown", "problem", "dry_run", "created_at", "finished_at")}),
        (_("Rows"), {"fields": ("rows", "created", "updated", "unchanged", "failed", "attempts")}),
    )
    readonly_fields = ("sold_by", "state_shown")

    @admin.display(description=_("vendor"))
    def sold_by(self, one: ProductImport) -> str | SafeString:
        return link_to(one.vendor)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, one: ProductImport) -> SafeString:
        return state_of(one, "state")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def page_context(self, request: HttpRequest, row: ProductImport) -> dict[str, Any]:
        failed = [Row([one.number, one.reason]) for one in row.failed_rows.order_by("number")[:FAILED_ROWS]]
        return {**super().page_context(request, row), "tables": [Table(_("Rows that were refused"), [_("Row"), _("Why")], failed)]}
