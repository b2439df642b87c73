"""A row of the table of everything anybody is ever told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto

from aqad.accounts.models import User
from aqad.notifications.audiences import Audience
from aqad.notifications.subjects import Occasion
from aqad.notifications.things import Thing, Words


class By(Flag):
    APP = auto()
    MAIL = auto()
    BOTH = APP | MAIL


@dataclass(frozen=True, slots=True)
class Row:
    """Texts are filled with `words.MAKERS`: {order}, {amount}, {reason}, {retailer}, ...

    `mailed_to` is the reader's own address as a rule; where it gives none, no mail is written.
    The bell shows `text`; a mail has `title` as its subject, `text`, what to do `then`, and the thing's button or one of its own.
    """

    audience: Audience
    kind: str
    thing: Thing
    title: Words
    text: Words
    then: Words = ""
    by: By = By.BOTH
    button: Words = ""
    mailed_to: Callable[[Occasion, User], str] = lambda _occasion, user: user.email
