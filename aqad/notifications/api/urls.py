"""The API of this app."""

from django.urls import path

from aqad.notifications.api.views import NotificationDoor

urlpatterns = [
    path("notifications", NotificationDoor.as_view({"get": "list"})),
    path("notifications/read", NotificationDoor.as_view({"post": "read_some"})),
]
