"""Questions to the record."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from aqad.audit.models import Event
from aqad.core.periods import Period
from aqad.core.references import canonical

EXACT = ("actor", "verb", "subject", "about", "request_id")


def matching(period: Period, **wanted: str) -> QuerySet[Event]:
    """Events of the period whose fields (of EXACT) are as wanted; references whatever their case."""
    exact = {name: canonical(value) or value if name in {"subject", "about"} else value for name, value in wanted.items()}
    return Event.objects.filter(**exact, **period.lookups("at"))


def history_of(name: str) -> QuerySet[Event]:
    """Everything that happened to this thing or about it, newest first."""
    return Event.objects.filter(Q(subject=name) | Q(about=name)).order_by("-pk")
