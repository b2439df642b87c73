"""The API of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.audit.api.views import EventDoor

urlpatterns: list[URLPattern | URLResolver] = [path("events", EventDoor.as_view({"get": "list"}))]
