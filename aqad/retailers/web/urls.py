"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.retailers.web.addresses import AddressPage
from aqad.retailers.web.joining import JoinPage

app_name = "retailers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("join", JoinPage.as_view({"get": "show_form", "post": "join"}), name="join"),
    path("addresses", AddressPage.as_view({"get": "list"}), name="addresses"),
    path("addresses/new", AddressPage.as_view({"get": "show_new", "post": "add"}), name="new_address"),
    path("addresses/<str:address_id>", AddressPage.as_view({"get": "show_form", "post": "change"}), name="address"),
    path("addresses/<str:address_id>/remove", AddressPage.as_view({"post": "remove"}), name="remove_address"),
]
