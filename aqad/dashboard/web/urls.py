"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.dashboard.web.company import CompanyPage
from aqad.dashboard.web.finding import FindPage
from aqad.dashboard.web.overview import OverviewPage

app_name = "dashboard"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard", OverviewPage.as_view({"get": "overview"}), name="dashboard"),
    path("find", FindPage.as_view({"get": "find"}), name="find"),
    path("find/hits", FindPage.as_view({"get": "hits"}), name="find_hits"),
    path("company", CompanyPage.as_view({"get": "show_form", "post": "change"}), name="company"),
    path("company/logo/remove", CompanyPage.as_view({"post": "remove_logo"}), name="remove_logo"),
]
