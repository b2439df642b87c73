"""What accounts put on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "accounts.signed_in": _("{actor} signed in as {subject}"),
            "accounts.signed_out": _("{actor} signed out {subject}"),
            "accounts.sign_in_failed": _("{actor} failed to sign in as {subject}"),
            "accounts.code_asked": _("{actor} was asked for the second factor of {subject}"),
            "accounts.stepped_up": _("{actor} proved the second factor of {subject} again"),
            "accounts.sessions_ended": _("{actor} ended sign-ins of {subject}"),
            "accounts.second_factor_on": _("{actor} turned on the second factor of {subject}"),
            "accounts.second_factor_off": _("{actor} turned off the second factor of {subject}"),
            "accounts.second_factor_removed": _("{actor} removed the second factor of {subject}"),
            "accounts.recovery_codes_renewed": _("{actor} renewed the recovery codes of {subject}"),
            "accounts.recovery_code_used": _("{actor} used a recovery code of {subject}"),
            "accounts.refresh_reused": _("{actor} reused an old token of {subject}"),
            "accounts.password_changed": _("{actor} changed the password of {subject}"),
            "accounts.password_reset_requested": _("{actor} asked to reset the password of {subject}"),
            "accounts.new_device": _("{actor} signed in as {subject} from a new device or address"),
            "accounts.email_change_requested": _("{actor} asked to change the e-mail of {subject}"),
            "accounts.email_confirmation_requested": _("{actor} is to confirm a new e-mail of {subject}"),
            "accounts.email_changed": _("{actor} changed the e-mail of {subject}"),
            "accounts.user_changed": _("{actor} changed {subject}"),
            "accounts.user_deactivated": _("{actor} deactivated {subject}"),
            "accounts.user_reactivated": _("{actor} reactivated {subject}"),
            "accounts.person_erased": _("{actor} erased {subject}"),
            "accounts.staff_hired": _("{actor} took {subject} on as staff"),
            "accounts.member_invited": _("{actor} invited {subject}"),
            "accounts.member_joined": _("{actor} added {subject}"),
            "accounts.member_removed": _("{actor} removed {subject}"),
            "accounts.company_changed": _("{actor} changed {subject}"),
            "accounts.company_suspended": _("{actor} suspended {subject}"),
            "accounts.company_reinstated": _("{actor} reinstated {subject}"),
        }
    )
