"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.accounts.web.account import AccountPage
from aqad.accounts.web.passwords import ChangePage, ChoicePage, ForgottenPage
from aqad.accounts.web.sessions import SessionPage
from aqad.accounts.web.team import TeamPage

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in", SessionPage.as_view({"get": "show_form", "post": "sign_in"}), name="sign_in"),
    path("sign-out", SessionPage.as_view({"post": "sign_out"}), name="sign_out"),
    path("password/forgotten", ForgottenPage.as_view({"get": "show_form", "post": "ask"}), name="forgotten"),
    path("password/asked", ForgottenPage.as_view({"get": "show_asked"}), name="asked"),
    path("account/password/<str:token>", ChoicePage.as_view({"get": "show_form", "post": "choose"}), name="choose_password"),
    path("account/password", ChangePage.as_view({"get": "show_form", "post": "change"}), name="change_password"),
    path("account", AccountPage.as_view({"get": "show_form", "post": "change"}), name="account"),
    path("team", TeamPage.as_view({"get": "list", "post": "invite"}), name="team"),
    path("team/<str:user_id>/remove", TeamPage.as_view({"post": "remove"}), name="remove_member"),
]
