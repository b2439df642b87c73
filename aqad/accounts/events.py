"""What accounts put on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "accounts.signed_in": _("{actor} signed in as {subject}"),
            "accounts.signed_out": _("{actor} signed out {subject}"),
            "accounts.sign_in_failed": _("{actor} failed to sign in as {subject}"),
            "accounts.refresh_reused": _("{actor} reused an old token of {subject}"),
            "accounts.password_changed": _("{actor} changed the password of {subject}"),
            "accounts.password_reset_requested": _("{actor} asked to reset the password of {subject}"),
            "accounts.user_changed": _("{actor} changed {subject}"),
            "accounts.user_deactivated": _("{actor} deactivated {subject}"),
            "accounts.user_reactivated": _("{actor} reactivated {subject}"),
            "accounts.staff_hired": _("{actor} took {subject} on as staff"),
            "accounts.member_invited": _("{actor} invited {subject}"),
            "accounts.member_joined": _("{actor} added {subject}"),
            "accounts.member_removed": _("{actor} removed {subject}"),
            "accounts.company_changed": _("{actor} changed {subject}"),
            "accounts.company_suspended": _("{actor} suspended {subject}"),
            "accounts.company_reinstated": _("{actor} reinstated {subject}"),
        }
    )
