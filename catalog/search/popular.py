"""What people search for: each term counted once a day per person, without a trace of who it was.

Only terms that cannot be somebody's name card (no e-mail, no long number), that found something as written, and that several people
looked for are ever shown.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.core.cache import cache
from django.db.models import F, Sum
from django.utils.crypto import salted_hmac

from aqad.audit.publishing import publish
from aqad.core import clock
from catalog.models import SearchedTerm

SHORTEST, LONGEST = 2, 40
LONGEST_NUMBER = 5  # digits in all: a pack size or a brand's number, no phone number and no barcode
FEW = 3  # people, below which a term is nobody's business
DAYS = 14
SHOWN = 8
REMEMBERED = 600  # seconds for which the list stands
A_DAY = 24 * 3600
LIST = "popular_searches"


def note(text: str, *, person: str) -> None:
    """Count the search, once a day for each `person` (an opaque key, kept as a hash in the cache for a day). Never fails, never waits
    for a worker.
    """
    term = term_of(text)
    if term is None:
        return
    seen = salted_hmac("aqad.searched", f"{clock.today()}|{person}|{term}", algorithm="sha256").hexdigest()
    if cache.add(f"searched:{seen}", 1, A_DAY):
        publish("catalog.count_search", term)


def term_of(text: str) -> str | None:
    """The search as it is counted and shown; None for what is not to be."""
    term = " ".join(text.lower().split())
    digits = len(re.findall(r"\d", term))
    letters = sum(letter.isalpha() for letter in term)
    fits = SHORTEST <= len(term) <= LONGEST and letters >= SHORTEST and digits <= LONGEST_NUMBER and "@" not in term
    return term if fits else None


def count(term: str) -> None:
    """One more person looked for `term` today."""
    row = SearchedTerm.objects.filter(day=clock.today(), term=term)
    if not row.update(people=F("people") + 1):
        SearchedTerm.objects.bulk_create([SearchedTerm(day=clock.today(), term=term)], ignore_conflicts=True)
        row.update(people=F("people") + 1)


def popular_searches() -> list[str]:
    """The terms of the last two weeks that most people looked for; at most ten minutes old."""
    return list(cache.get_or_set(LIST, _most_searched, REMEMBERED) or [])


def forget() -> int:
    """Delete the days before those that count. Returns how many rows went."""
    return SearchedTerm.objects.filter(day__lt=_first_day()).delete()[0]


def _most_searched() -> list[str]:
    rows = SearchedTerm.objects.using("default").filter(day__gte=_first_day()).values("term").annotate(all=Sum("people"))
    return list(rows.filter(all__gte=FEW).order_by("-all", "term").values_list("term", flat=True)[:SHOWN])


def _first_day() -> object:
    return clock.today() - timedelta(days=DAYS - 1)
