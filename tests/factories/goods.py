"""Valid products with stock whose ledger agrees."""

from __future__ import annotations

from decimal import Decimal

import factory

from aqad.core.text import folded
from catalog.models import Brand, Category, Product, Stock, StockMovement


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ["slug"]

    name = "Soft Drinks"
    slug = "soft-drinks"


class BrandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Brand
        django_get_or_create = ["slug"]

    name = "Pepsi"
    slug = "pepsi"


class ProductFactory(factory.django.DjangoModelFactory):
    """`on_hand` cartons come with the movement that explains them."""

    class Meta:
        model = Product
        skip_postgeneration_save = True

    category = factory.SubFactory(CategoryFactory)
    brand = factory.SubFactory(BrandFactory)
    name = "Pepsi 330ml"
    slug = "pepsi-330ml"
    description = "Carbonated soft drink, carton of 24 cans"
    price = Decimal("48.00")
    pack_size = "24 x 330 ml"
    units_per_pack = 24
    search_text = factory.LazyAttribute(lambda p: folded(f"{p.name} {p.brand.name} {p.category.name} {p.pack_size} {p.sku} {p.barcode}"))
    sku = ""
    barcode = ""

    @factory.post_generation
    def on_hand(self, create: bool, extracted: int | None, **kwargs: object) -> None:
        quantity = 500 if extracted is None else extracted
        Stock.objects.create(product=self, on_hand=quantity)
        if quantity:
            StockMovement.objects.create(product=self, kind="received", on_hand_change=quantity, actor="System tests")
