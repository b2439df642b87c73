"""Users, companies, who acts for whom; signing in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "aqad.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from aqad.accounts import events, receivers, schema  # noqa: F401  (the schema's extensions register themselves)

        events.declare()
        user_logged_in.connect(receivers.on_user_logged_in, dispatch_uid="accounts.open_session")
