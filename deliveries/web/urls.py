"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from deliveries.web.dispatcher_views import BoardPage
from deliveries.web.driver_views import DeliveryPage
from deliveries.web.views import DeliveriesPage

app_name = "deliveries"
urlpatterns: list[URLPattern | URLResolver] = [
    path("deliveries", DeliveriesPage.as_view({"get": "list"}), name="deliveries"),
    path("deliveries/round", DeliveriesPage.as_view({"get": "show_round_news"}), name="round_news"),
    path("deliveries/board", BoardPage.as_view({"get": "show_board", "post": "assign"}), name="board"),
    path("deliveries/board/columns", BoardPage.as_view({"get": "show_columns"}), name="board_columns"),
    path("deliveries/<str:reference>", DeliveryPage.as_view({"get": "show_delivery", "post": "report"}), name="delivery"),
    path("deliveries/<str:reference>/progress", DeliveryPage.as_view({"get": "show_progress"}), name="progress"),
    path("deliveries/<str:reference>/proof", DeliveryPage.as_view({"get": "show_proof"}), name="proof"),
    path("deliveries/<str:reference>/driver", BoardPage.as_view({"post": "change_driver"}), name="driver"),
]
