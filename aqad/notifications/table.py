"""Everything anybody is ever told: event → who is told → kind, what it is about, title, text, what to do next → channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aqad.accounts.models import User
from aqad.audit.models import Event
from aqad.notifications.audiences import Crowd
from aqad.notifications.rows import Row
from aqad.notifications.subjects import Occasion, occasions_of
from aqad.notifications.table_companies import COMPANIES
from aqad.notifications.table_security import SECURITY
from aqad.notifications.table_trade import TRADE

TOLD: dict[str, list[Row]] = {**TRADE, **COMPANIES, **SECURITY}


def due_of(events: Sequence[Event]) -> Iterator[tuple[Occasion, Row, User]]:
    """Who is to hear of these events, and by which row. The number of queries does not grow with events or people."""
    concerned = [(occasion, row, row.audience(occasion)) for occasion in occasions_of(events) for row in TOLD.get(occasion.event.verb, [])]
    crowd = Crowd(circle for _, _, circle in concerned)
    for occasion, row, circle in concerned:
        for user in crowd.within(circle):
            yield occasion, row, user
