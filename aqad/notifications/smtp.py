"""What the errors of a mail server mean: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1."""

from __future__ import annotations

import smtplib

CLOSING = 421  # the server hangs up: it is busy, or this connection has sent enough


def is_refused_for_good(error: Exception) -> bool:
    """The server will not take this mail for this person (5xx); the next mail may fare better."""
    is_about_the_mail = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return is_about_the_mail and 500 <= _code(error) < 600


def is_lost(error: Exception) -> bool:
    """There is nobody to talk to any more: the next mail would fare no better."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError) or _code(error) == CLOSING
    return isinstance(error, OSError)


def has_hung_up(error: Exception) -> bool:
    """The connection is lost, and not by a silence that would be met again."""
    return is_lost(error) and not isinstance(error, TimeoutError) and not isinstance(error.__context__, TimeoutError)


def in_short(error: Exception) -> str:
    """`SMTPRecipientsRefused 550`, without what the server wrote about people."""
    return f"{type(error).__name__} {_code(error) or ''}".strip()


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _words in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0))
