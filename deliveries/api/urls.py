"""The API of this app."""

from django.urls import URLPattern, URLResolver, path

from deliveries.api.views import DeliveryDoor, PartnerDoor, ProofDoor

urlpatterns: list[URLPattern | URLResolver] = [
    path("deliveries", DeliveryDoor.as_view({"get": "list", "post": "create"})),
    path("deliveries/<str:reference>", DeliveryDoor.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("deliveries/<str:reference>/status", DeliveryDoor.as_view({"post": "report"})),
    path("deliveries/<str:reference>/proof", ProofDoor.as_view({"get": "retrieve"})),
    path("delivery-partners", PartnerDoor.as_view({"get": "list", "post": "create"})),
    path("delivery-partners/<str:reference>", PartnerDoor.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("delivery-partners/<str:reference>/suspend", PartnerDoor.as_view({"post": "suspend"})),
    path("delivery-partners/<str:reference>/reinstate", PartnerDoor.as_view({"post": "reinstate"})),
]
