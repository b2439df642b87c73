"""The API of this app."""

from django.urls import URLPattern, URLResolver, path

from payments.api.views import PaymentDoor, WebhookDoor

urlpatterns: list[URLPattern | URLResolver] = [
    path("payments", PaymentDoor.as_view({"get": "list"}), name="api-payments"),
    path("payments/<str:reference>", PaymentDoor.as_view({"get": "retrieve"}), name="api-payment"),
    path("payments/<str:reference>/refund", PaymentDoor.as_view({"post": "refund"}), name="api-payment-refund"),
    path("payments/webhooks/<str:gateway>", WebhookDoor.as_view({"post": "take"}), name="api-payment-webhook"),
]
