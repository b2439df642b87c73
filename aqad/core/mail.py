"""A mail as it is put together, and mail without a mail server: each message becomes one .eml file that staff can read in the admin."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage, EmailMultiAlternatives

from aqad.core import ids


class TextAndHtml(EmailMultiAlternatives):
    """A mail in both forms. The line between them is a number that nobody guesses; Python would look for one in the whole text."""

    def message(self, **options: Any) -> Any:
        message = super().message(**options)
        message.set_boundary(secrets.token_hex(16))
        return message


class FolderBackend(BaseEmailBackend):
    """Writes each message under a time-sortable name, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = ids.make()
            draft = folder / f"{name}.draft"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)
