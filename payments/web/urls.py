"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from payments.web import views

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sandbox-bank/<str:reference>", views.sandbox_bank, name="sandbox-bank"),
    path("payments/return/<str:reference>", views.returned, name="returned"),
]
