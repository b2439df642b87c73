"""The table, part three: what the owner of an account hears of it at once, in case that it was somebody else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aqad.accounts.models import User
from aqad.notifications import audiences as to
from aqad.notifications import things as about
from aqad.notifications.rows import By, Row
from aqad.notifications.subjects import Occasion

ALERT = "security_alert"
NOT_YOU = _("If that was not you, choose a new password at once: it signs everybody out, on every device. Then tell AQAD.")


def _new_address(occasion: Occasion, _user: User) -> str:
    """Where the link must be opened; nowhere when the change was confirmed or given up meanwhile."""
    return occasion.email_change.email if occasion.email_change else ""


SECURITY: dict[str, list[Row]] = {
    "accounts.new_device": [
        Row(
            to.person,
            ALERT,
            about.DEVICES,
            _("New sign-in to your account"),
            _("Somebody signed in as {email} on {at}, from a device or an address that we had not seen: {device}, {from_address}."),
            _("If that was you, there is nothing to do. If not, sign that device out and change your password."),
        ),
    ],
    "accounts.password_changed": [
        Row(to.person, ALERT, about.FORGOTTEN, _("Your password was changed"), _("The password of {email} was changed on {at}."), NOT_YOU),
    ],
    "accounts.second_factor_on": [
        Row(
            to.person,
            ALERT,
            about.SECOND_FACTOR,
            _("Your second factor is on"),
            _("Since {at} signing in as {email} needs a code of an authenticator app."),
            NOT_YOU,
        ),
    ],
    "accounts.second_factor_off": [
        Row(
            to.person,
            ALERT,
            about.SECOND_FACTOR,
            _("Your second factor is off"),
            _("Since {at} the password alone lets you in as {email}."),
            NOT_YOU,
        ),
    ],
    "accounts.second_factor_removed": [
        Row(
            to.person,
            ALERT,
            about.SECOND_FACTOR,
            _("AQAD removed your second factor"),
            _("AQAD's staff removed the second factor of {email} on {at}, and you were signed out everywhere."),
            _("Sign in with your password and set up a new one. If you did not ask for this, tell AQAD at once."),
        ),
    ],
    "accounts.recovery_codes_renewed": [
        Row(
            to.person,
            ALERT,
            about.SECOND_FACTOR,
            _("You have new recovery codes"),
            _("New recovery codes of {email} were made on {at}; the old ones are worth nothing."),
            NOT_YOU,
        ),
    ],
    "accounts.recovery_code_used": [
        Row(
            to.person,
            ALERT,
            about.SECOND_FACTOR,
            _("A recovery code was used"),
            _("A recovery code of {email} was used on {at}. Unused ones that are left: {left}."),
            NOT_YOU,
        ),
    ],
    "accounts.email_change_requested": [
        Row(
            to.person,
            ALERT,
            about.FORGOTTEN,
            _("Your e-mail is to be changed"),
            _("Another e-mail was asked for instead of {email} on {at}. It takes effect when the link that we mailed there is opened."),
            _("If that was not you, choose a new password at once: it makes that link worthless. Then tell AQAD."),
        ),
    ],
    "accounts.email_confirmation_requested": [
        Row(
            to.person,
            "email_confirmation",
            about.EMAIL,
            _("Confirm your new e-mail"),
            _("With this link {new_email} becomes the e-mail that you sign in to AQAD with. It can be used once, within 24 hours."),
            _("If you did not ask for it, leave this e-mail as it is: nothing changes."),
            By.MAIL,
            mailed_to=_new_address,
        ),
    ],
    "accounts.email_changed": [
        Row(
            to.person,
            ALERT,
            about.ACCOUNT,
            _("Your e-mail was changed"),
            _("Since {at} you sign in with {email}, and our mails go there."),
            NOT_YOU,
        ),
    ],
}
