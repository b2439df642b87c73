"""The pages of this app."""

from django.urls import URLPattern, URLResolver, path

from aqad.accounts.web.account import AccountPage
from aqad.accounts.web.devices import DevicesPage
from aqad.accounts.web.email import ConfirmEmailPage, EmailPage
from aqad.accounts.web.passwords import ChangePage, ChoicePage, ForgottenPage
from aqad.accounts.web.second_factor import SecondFactorPage
from aqad.accounts.web.sessions import SessionPage
from aqad.accounts.web.step_up import StepUpPage
from aqad.accounts.web.team import TeamPage

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in", SessionPage.as_view({"get": "show_form", "post": "sign_in"}), name="sign_in"),
    path("sign-in/code", SessionPage.as_view({"post": "finish"}), name="sign_in_code"),
    path("sign-out", SessionPage.as_view({"post": "sign_out"}), name="sign_out"),
    path("password/forgotten", ForgottenPage.as_view({"get": "show_form", "post": "ask"}), name="forgotten"),
    path("password/asked", ForgottenPage.as_view({"get": "show_asked"}), name="asked"),
    path("account/password/<str:token>", ChoicePage.as_view({"get": "show_form", "post": "choose"}), name="choose_password"),
    path("account/password", ChangePage.as_view({"get": "show_form", "post": "change"}), name="change_password"),
    path("account/second-factor", SecondFactorPage.as_view({"get": "show_state", "post": "begin"}), name="second_factor"),
    path("account/second-factor/on", SecondFactorPage.as_view({"post": "turn_on"}), name="second_factor_on"),
    path("account/second-factor/off", SecondFactorPage.as_view({"post": "turn_off"}), name="second_factor_off"),
    path("account/second-factor/codes", SecondFactorPage.as_view({"post": "renew_codes"}), name="recovery_codes"),
    path("account/email/<str:token>", ConfirmEmailPage.as_view({"get": "show_form", "post": "confirm"}), name="confirm_email"),
    path("account/email", EmailPage.as_view({"get": "show_form", "post": "ask"}), name="change_email"),
    path("account/devices", DevicesPage.as_view({"get": "list"}), name="devices"),
    path("account/devices/end-others", DevicesPage.as_view({"post": "end_others"}), name="end_other_sessions"),
    path("account/devices/<str:session_id>/end", DevicesPage.as_view({"post": "end"}), name="end_session"),
    path("account/step-up", StepUpPage.as_view({"get": "show_form", "post": "prove"}), name="step_up"),
    path("account", AccountPage.as_view({"get": "show_form", "post": "change"}), name="account"),
    path("team", TeamPage.as_view({"get": "list", "post": "invite"}), name="team"),
    path("team/<str:user_id>/remove", TeamPage.as_view({"post": "remove"}), name="remove_member"),
]
