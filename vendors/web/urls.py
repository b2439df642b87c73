"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from vendors.web.applying import ApplicationPage, ApplyPage
from vendors.web.documents import DocumentsPage

app_name = "vendors"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sell", ApplyPage.as_view({"get": "show_form", "post": "apply"}), name="apply"),
    path("vendor/application/<str:token>", ApplicationPage.as_view({"get": "follow", "post": "send"}), name="application"),
    path("vendor/documents", DocumentsPage.as_view({"get": "list", "post": "send"}), name="documents"),
]
