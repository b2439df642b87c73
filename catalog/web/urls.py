"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.core.stored_pages import stored_for_strangers
from catalog.web import sitemap
from catalog.web.import_views import ImportPage, ImportsPage
from catalog.web.picture_views import PicturesPage
from catalog.web.product_views import OwnProductsPage, ProductPage
from catalog.web.shop_pages import HOME, PRODUCTS, WINDOW
from catalog.web.shop_views import ShopPage
from catalog.web.stock_views import StockPage

_home = ShopPage.as_view({"get": "home"})
_products = ShopPage.as_view({"get": "products"})
_product = ShopPage.as_view({"get": "product"})
_window = ShopPage.as_view({"get": "window"})

app_name = "catalog"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", stored_for_strangers(HOME, _home), name="home"),
    path("products", stored_for_strangers(PRODUCTS, _products), name="products"),
    path("products/<str:reference>", _product, name="product"),
    path("products/<str:reference>/<str:slug>", _product, name="product"),
    path("vendors/<str:reference>", stored_for_strangers(WINDOW, _window), name="window"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-shop.xml", sitemap.shop, name="sitemap_shop"),
    path("sitemap-products-<int:part>.xml", sitemap.products, name="sitemap_products"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("vendor/products", OwnProductsPage.as_view({"get": "show_list"}), name="own_products"),
    path("vendor/products/new", ProductPage.as_view({"get": "show_new", "post": "create"}), name="new_product"),
    path("vendor/products/<str:reference>", ProductPage.as_view({"get": "show_one", "post": "save"}), name="own_product"),
    path("vendor/products/<str:reference>/status", ProductPage.as_view({"post": "change_status"}), name="product_status"),
    path("vendor/products/<str:reference>/archive", ProductPage.as_view({"post": "archive"}), name="archive_product"),
    path("vendor/products/<str:reference>/price", OwnProductsPage.as_view({"post": "price"}), name="product_price"),
    path(
        "vendor/products/<str:reference>/correction",
        OwnProductsPage.as_view({"get": "show_correction", "post": "correct"}),
        name="correct_stock",
    ),
    path("vendor/products/<str:reference>/pictures", PicturesPage.as_view({"post": "add"}), name="add_pictures"),
    path("vendor/products/<str:reference>/pictures/order", PicturesPage.as_view({"post": "reorder"}), name="order_pictures"),
    path("vendor/products/<str:reference>/pictures/<str:image>/remove", PicturesPage.as_view({"post": "remove"}), name="remove_picture"),
    path("vendor/products/<str:reference>/stock", StockPage.as_view({"get": "show_ledger", "post": "change"}), name="stock"),
    path("vendor/products/<str:reference>/stock/count", StockPage.as_view({"post": "count"}), name="count_stock"),
    path("vendor/imports", ImportsPage.as_view({"get": "show_list", "post": "send"}), name="imports"),
    path("vendor/imports/template.csv", ImportsPage.as_view({"get": "template"}), name="import_template"),
    path("vendor/imports/<str:id>", ImportPage.as_view({"get": "show_one"}), name="import"),
    path("vendor/imports/<str:id>/progress", ImportPage.as_view({"get": "progress"}), name="import_progress"),
    path("vendor/imports/<str:id>/errors.csv", ImportPage.as_view({"get": "errors"}), name="import_errors"),
]
