"""Users, companies, who acts for whom; signing in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "aqad.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from aqad.accounts import events, receivers, schema  # noqa: F401  (the schema's extensions register themselves)
        from aqad.accounts import invariants as ours
        from aqad.core import invariants

        events.declare()
        invariants.declare(ours.INVARIANTS)
        user_logged_in.connect(receivers.on_user_logged_in, dispatch_uid="accounts.open_session")
        user_logged_out.connect(receivers.on_user_logged_out, dispatch_uid="accounts.close_session")
