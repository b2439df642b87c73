"""The API of this app. GET on the public lists is answered from stored bytes before these addresses are looked at (core.stored)."""

from django.urls import URLPattern, URLResolver, path

from catalog.api.imports import ImportDoor, ImportErrorsDoor
from catalog.api.views import BrandDoor, CategoryDoor, OwnProductDoor, ProductDoor

_categories = CategoryDoor.as_view({"get": "list", "post": "create"})
_brands = BrandDoor.as_view({"get": "list", "post": "create"})
_products = ProductDoor.as_view({"get": "list", "post": "create"})
_product = ProductDoor.as_view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("categories", _categories),
    path("categories/<str:slug>", CategoryDoor.as_view({"patch": "partial_update", "delete": "destroy"})),
    path("brands", _brands),
    path("brands/<str:slug>", BrandDoor.as_view({"patch": "partial_update", "delete": "destroy"})),
    path("products", _products, name="api-products"),
    path("products/import", ImportDoor.as_view({"post": "create"})),
    path("products/imports", ImportDoor.as_view({"get": "list"})),
    path("products/imports/<str:id>", ImportDoor.as_view({"get": "retrieve"})),
    path("products/imports/<str:id>/errors.csv", ImportErrorsDoor.as_view({"get": "retrieve"})),
    path("products/<str:reference>", _product),
    path("products/<str:reference>/takedown", ProductDoor.as_view({"post": "takedown"})),
    path("products/<str:reference>/restore", ProductDoor.as_view({"post": "restore"})),
    path("products/<str:reference>/images", ProductDoor.as_view({"post": "images"})),
    path("products/<str:reference>/images/<str:image>", ProductDoor.as_view({"delete": "remove_image"})),
    path("products/<str:reference>/stock", ProductDoor.as_view({"post": "stock"})),
    path("products/<str:reference>/stock/movements", ProductDoor.as_view({"get": "movements"})),
    path("vendor/products", OwnProductDoor.as_view({"get": "list"})),
]
