"""The API of this app."""

from django.urls import path

from aqad.accounts.api.views import OwnAccountDoor, SessionDoor, SignInDoor, TeamDoor, UserDoor

urlpatterns = [
    path("auth/login", SignInDoor.as_view({"post": "login"})),
    path("auth/refresh", SignInDoor.as_view({"post": "refresh"})),
    path("auth/logout", SignInDoor.as_view({"post": "logout"})),
    path("auth/password/reset", SignInDoor.as_view({"post": "reset_password"})),
    path("auth/password/reset/confirm", SignInDoor.as_view({"post": "confirm_reset"})),
    path("auth/password/change", OwnAccountDoor.as_view({"post": "change_password"})),
    path("auth/me", OwnAccountDoor.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("auth/sessions", SessionDoor.as_view({"get": "list", "delete": "end_others"})),
    path("auth/sessions/<str:session_id>", SessionDoor.as_view({"delete": "destroy"})),
    path("team", TeamDoor.as_view({"get": "list", "post": "create"})),
    path("team/<str:user_id>", TeamDoor.as_view({"delete": "destroy"})),
    path("users", UserDoor.as_view({"get": "list"})),
    path("users/<str:user_id>", UserDoor.as_view({"get": "retrieve"})),
    path("users/<str:user_id>/deactivate", UserDoor.as_view({"post": "deactivate"})),
    path("users/<str:user_id>/reactivate", UserDoor.as_view({"post": "reactivate"})),
]
