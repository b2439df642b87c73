"""The API of this app."""

from django.urls import path

from aqad.retailers.api.views import AddressDoor, RetailerDoor, RetailerRegistrationDoor

urlpatterns = [
    path("retailer/register", RetailerRegistrationDoor.as_view({"post": "register"})),
    path("addresses", AddressDoor.as_view({"get": "list", "post": "create"})),
    path("addresses/<str:address_id>", AddressDoor.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})),
    path("retailers", RetailerDoor.as_view({"get": "list"})),
    path("retailers/<str:reference>", RetailerDoor.as_view({"get": "retrieve"})),
    path("retailers/<str:reference>/suspend", RetailerDoor.as_view({"post": "suspend"})),
    path("retailers/<str:reference>/reinstate", RetailerDoor.as_view({"post": "reinstate"})),
]
