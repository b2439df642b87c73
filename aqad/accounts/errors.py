"""How signing in may refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aqad.accounts.statuses import CompanyStatus
from aqad.core.errors import Conflict, Forbidden, Unauthorized, Words


class InvalidCredentials(Unauthorized):
    code, message = "invalid_credentials", _("Wrong e-mail or password.")


class AccountNotActive(Forbidden):
    """The password was right, but the company may not act (yet, or any more)."""

    MESSAGES: dict[str, Words] = {
        CompanyStatus.PENDING: _("Your account is pending approval"),
        CompanyStatus.REJECTED: _("Your application was rejected; open the link in our mail to see why and to send new papers."),
        CompanyStatus.SUSPENDED: _("Your account is suspended; please contact AQAD."),
    }

    def __init__(self, status: str) -> None:
        super().__init__(self.MESSAGES[status], code=f"account_{status}")


class OtpRequired(Forbidden):
    """The password was right; the second factor is still to be proved, or to be set up first."""

    code, message = "otp_required", _("Enter the code of your authenticator app, or a recovery code.")


class SecondFactorOwed(OtpRequired):
    message = _("AQAD's staff need a second factor: set it up on the page of your account, then sign in with its code.")


class LastOwner(Conflict):
    message = _("A company needs at least one person in charge; name another first.")
