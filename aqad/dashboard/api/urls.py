"""The API of this app."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from aqad.core.docs import open_document
from aqad.dashboard.api.company import CompanyDoor
from aqad.dashboard.api.views import SummaryDoor

urlpatterns = [
    path("company", CompanyDoor.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("vendor/summary", SummaryDoor.as_view({"get": "vendor"})),
    path("retailer/summary", SummaryDoor.as_view({"get": "retailer"})),
    path("schema", open_document(SpectacularAPIView), name="schema"),
    path("docs", open_document(SpectacularSwaggerView, url_name="schema"), name="docs"),
]
