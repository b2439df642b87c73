"""What is told, in the reader's words: the bell's sentence, and the mail as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from aqad.accounts.models import User
from aqad.core.references import REFERENCE_FORM
from aqad.notifications.models import MESSAGE_LENGTH, SUBJECT_LENGTH
from aqad.notifications.rows import Row
from aqad.notifications.subjects import Occasion
from aqad.notifications.words import Words

# Whoever holds such a link may choose its owner's password or confirm their e-mail, or send papers in a vendor's name.
SECRET_LINK = re.compile(r"(/account/password/|/account/email/|/vendor/application/)[^\s\"<>]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, written and not sent."""

    subject: str
    text: str
    html: str


def message(occasion: Occasion, row: Row, user: User) -> str:
    """What the bell says."""
    with translation.override(user.language):
        return str(row.text).format_map(Words(occasion, user)).strip()[:MESSAGE_LENGTH]


def subject(occasion: Occasion, row: Row, user: User) -> str:
    """The mail's, on one line whatever a name holds. It ends with the reference of what it is about, unless the title names it."""
    with translation.override(user.language):
        title = " ".join(str(row.title).format_map(Words(occasion, user)).split())
    references = [occasion.event.subject, *([occasion.order.reference] if occasion.order else [])]
    known = [reference for reference in references if REFERENCE_FORM.fullmatch(reference)]
    tail = f" · {known[-1]}" if known and not any(reference in title for reference in known) else ""
    return title[: SUBJECT_LENGTH - len(tail)] + tail


def letter(occasion: Occasion, row: Row, user: User) -> Letter:
    """The mail to one reader, with the button to the page."""
    with translation.override(user.language):
        words = Words(occasion, user)
        context: dict[str, Any] = {
            "title": subject(occasion, row, user),
            "name": user.name,
            "said": str(row.text).format_map(words).strip(),
            "then": str(row.then).format_map(words).strip(),
            "button": str(row.button or row.thing.button),
            "url": f"{settings.PUBLIC_URL}{row.thing.page(occasion, user)}",
            "digest": row.thing.digest(occasion),
            "home": settings.PUBLIC_URL,
        }
        text = render_to_string("emails/message.txt", context).strip() + "\n"
        html = render_to_string("emails/message.html", context)
    return Letter(context["title"], text, _compact(html))


def _compact(html: str) -> str:
    """Without indentation, and with a tag's attributes on its own line: a third of the lines, which mail servers read one by one."""
    lines = [line for each in html.split("\n") if (line := each.strip())]
    return "".join(f"{line}\n" if line.endswith(">") else f"{line} " for line in lines).strip() + "\n"


def without_secrets(text: str) -> str:
    """For eyes that are not the reader's."""
    return SECRET_LINK.sub(r"\1…", text)
