"""The API of this app."""

from django.urls import path

from orders.api.carts import CartDoor
from orders.api.purchases import CheckoutDoor, PurchaseDoor
from orders.api.views import OrderDoor

urlpatterns = [
    path("cart", CartDoor.as_view({"get": "retrieve", "delete": "clear"})),
    path("cart/items/<str:reference>", CartDoor.as_view({"put": "put_in", "delete": "remove"})),
    path("checkout", CheckoutDoor.as_view({"post": "create"})),
    path("payments/<str:reference>/confirm", PurchaseDoor.as_view({"post": "confirm"})),
    path("payments/<str:reference>/reorder", PurchaseDoor.as_view({"post": "reorder"})),
    path("orders", OrderDoor.as_view({"get": "list", "post": "create"})),
    path("orders/<str:reference>", OrderDoor.as_view({"get": "retrieve"})),
    path("orders/<str:reference>/history", OrderDoor.as_view({"get": "history"})),
    path("orders/<str:reference>/accept", OrderDoor.as_view({"post": "accept"})),
    path("orders/<str:reference>/reject", OrderDoor.as_view({"post": "reject"})),
    path("orders/<str:reference>/ready", OrderDoor.as_view({"post": "ready"})),
    path("orders/<str:reference>/cancel", OrderDoor.as_view({"post": "cancel"})),
    path("orders/<str:reference>/reorder", OrderDoor.as_view({"post": "reorder"})),
]
