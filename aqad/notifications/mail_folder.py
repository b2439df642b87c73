"""The folder that mail goes to where there is no mail server, read for staff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[0-9A-Za-z]{1,40}\.eml", re.ASCII)
HEADERS = ("From", "To", "Subject", "Date", "Message-ID")
NEWEST, LARGEST = 100, 1024 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: some headers, and its text (empty unless it was asked for)."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def subject(self) -> str:
        return self.headers.get("Subject", self.name)

    @property
    def recipient(self) -> str:
        return self.headers.get("To", "")

    @property
    def date(self) -> str:
        return self.headers.get("Date", "")


def is_used() -> bool:
    return str(settings.EMAIL_BACKEND).endswith("FolderBackend")


def newest() -> list[Letter]:
    """The newest hundred, newest first: their names are made so that they sort by time."""
    return [Letter(path.name, _headers(_parsed(path))) for path in sorted(_files(), reverse=True)[:NEWEST]]


def letter(name: str) -> Letter | None:
    """One mail with its text, None when there is none of this name; only names of this folder's own form are looked for."""
    path = Path(settings.MAIL_DIR) / name
    if not NAME.fullmatch(name) or not path.is_file() or path.is_symlink():
        return None
    message = _parsed(path)
    return Letter(name, _headers(message), _text(message))


def _files() -> Iterator[Path]:
    folder = Path(settings.MAIL_DIR)
    yield from (path for path in folder.glob("*.eml") if NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink())


def _parsed(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(file.read(LARGEST))


def _headers(message: EmailMessage) -> dict[str, str]:
    return {name: str(message[name]) for name in HEADERS if message[name] is not None}


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a charset that nobody knows
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
