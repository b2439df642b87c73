"""What a message looks like: each row of the table with the newest occasion it was meant for, else with one made up. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from aqad.accounts.models import User
from aqad.audit.models import Event
from aqad.core.errors import NotFound
from aqad.notifications import letters
from aqad.notifications.audiences import Crowd, vendor_of_cash_order
from aqad.notifications.letters import Letter
from aqad.notifications.made_up import MadeUp
from aqad.notifications.rows import By, Row
from aqad.notifications.subjects import Occasion, occasions_of
from aqad.notifications.table import TOLD
from payments.statuses import Method


@dataclass(frozen=True)
class Sample:
    """One row of the table to one reader; `number` is the row's among those of its event."""

    verb: str
    number: int
    row: Row
    occasion: Occasion
    reader: User
    is_made_up: bool

    @property
    def audience(self) -> str:
        return self.row.audience.__name__.replace("_", " ")

    @property
    def is_shown(self) -> bool:
        return By.APP in self.row.by

    @property
    def is_mailed(self) -> bool:
        return By.MAIL in self.row.by

    @property
    def title(self) -> str:
        """The mail's subject; what the bell says where there is no mail."""
        return letters.subject(self.occasion, self.row, self.reader) if self.is_mailed else self.message

    @property
    def message(self) -> str:
        """What the bell says; nothing where it stays silent."""
        return letters.message(self.occasion, self.row, self.reader) if self.is_shown else ""

    @cached_property
    def letter(self) -> Letter | None:
        """The mail without its secrets; None where none is sent."""
        if not self.is_mailed:
            return None
        letter = letters.letter(self.occasion, self.row, self.reader)
        return Letter(letter.subject, letters.without_secrets(letter.text), letters.without_secrets(letter.html))


def every() -> list[Sample]:
    """One of each row, in the order of the table. The number of queries depends on the table alone."""
    return list(_samples(list(TOLD)))


def one(verb: str, number: int) -> Sample:
    """The sample of one row. Raises NotFound."""
    found = next((sample for sample in _samples([verb] if verb in TOLD else []) if sample.number == number), None)
    if found is None:
        raise NotFound
    return found


def _samples(verbs: list[str]) -> Iterator[Sample]:
    newest = [Event.objects.filter(verb=verb).order_by("-pk").first() for verb in verbs]
    occasions = {occasion.event.verb: occasion for occasion in occasions_of([event for event in newest if event is not None])}
    circles = {(verb, number): row.audience(occasions[verb]) for verb in occasions for number, row in enumerate(TOLD[verb])}
    crowd = Crowd(circles.values())
    for verb in verbs:
        for number, row in enumerate(TOLD[verb]):
            readers = crowd.within(circles[verb, number]) if verb in occasions else []
            if readers:
                yield Sample(verb, number, row, occasions[verb], readers[0], is_made_up=False)
            else:
                method = Method.CASH_ON_DELIVERY if row.audience is vendor_of_cash_order else Method.CARD
                things = MadeUp(method)
                yield Sample(verb, number, row, things.occasion(verb), things.reader, is_made_up=True)
