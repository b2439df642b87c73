"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from orders.web.cart_views import CartPage
from orders.web.checkout_views import CheckoutPage
from orders.web.order_step_views import OrderStepPage
from orders.web.order_views import OrderPage, OrdersPage
from orders.web.payment_views import PaymentPage
from orders.web.queue_views import QueuePage
from orders.web.quick_order_views import QuickOrderPage

app_name = "orders"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cart", CartPage.as_view({"get": "retrieve"}), name="cart"),
    path("cart/empty", CartPage.as_view({"post": "empty"}), name="cart_empty"),
    path("cart/items/<str:reference>", CartPage.as_view({"post": "put_in"}), name="cart_put"),
    path("cart/items/<str:reference>/remove", CartPage.as_view({"post": "remove"}), name="cart_remove"),
    path("checkout", CheckoutPage.as_view({"get": "retrieve", "post": "place"}), name="checkout"),
    path("quick-order", QuickOrderPage.as_view({"get": "retrieve", "post": "check"}), name="quick_order"),
    path("quick-order/cart", QuickOrderPage.as_view({"post": "put_in"}), name="quick_order_put"),
    path("orders", OrdersPage.as_view({"get": "list"}), name="orders"),
    path("orders/queue", QueuePage.as_view({"get": "queue"}), name="queue"),
    path("orders/queue/now", QueuePage.as_view({"get": "now"}), name="queue_now"),
    path("orders/queue/<str:reference>/reject", QueuePage.as_view({"get": "ask_why", "post": "reject"}), name="queue_reject"),
    path("orders/steps", QueuePage.as_view({"post": "take_steps"}), name="steps"),
    path("orders/<str:reference>", OrderPage.as_view({"get": "retrieve"}), name="order"),
    path("orders/<str:reference>/live", OrderPage.as_view({"get": "live"}), name="order_live"),
    path("orders/<str:reference>/packing-slip", OrderPage.as_view({"get": "packing_slip"}), name="packing_slip"),
    path("orders/<str:reference>/delivery-note", OrderPage.as_view({"get": "delivery_note"}), name="delivery_note"),
    path("orders/<str:reference>/accept", OrderStepPage.as_view({"post": "accept"}), name="accept"),
    path("orders/<str:reference>/reject", OrderStepPage.as_view({"post": "reject"}), name="reject"),
    path("orders/<str:reference>/ready", OrderStepPage.as_view({"post": "ready"}), name="ready"),
    path("orders/<str:reference>/cancel", OrderStepPage.as_view({"post": "cancel"}), name="cancel"),
    path("orders/<str:reference>/reorder", OrderStepPage.as_view({"post": "reorder"}), name="reorder"),
    path("payments/<str:reference>", PaymentPage.as_view({"get": "retrieve", "post": "confirm"}), name="payment"),
    path("payments/<str:reference>/live", PaymentPage.as_view({"get": "live"}), name="payment_live"),
    path("payments/<str:reference>/reorder", PaymentPage.as_view({"post": "reorder"}), name="payment_reorder"),
]
