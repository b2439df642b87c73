"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.notifications.web.views import NotificationPage

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("notifications", NotificationPage.as_view({"get": "list"}), name="notifications"),
    path("notifications/unread", NotificationPage.as_view({"get": "unread"}), name="unread"),
    path("notifications/read", NotificationPage.as_view({"post": "read_all"}), name="read"),
    path("notifications/<str:number>", NotificationPage.as_view({"get": "open"}), name="open"),
]
