"""A period in a query: `from` and `to`, each a day (in the UAE) or a moment. Both ends belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter

from aqad.core.errors import FieldErrors, Invalid

NAMES = ("from", "to")
PARAMETERS = [
    OpenApiParameter("from", str, description="A day (`2026-01-31`, in the UAE) or a moment; it belongs to the period."),
    OpenApiParameter("to", str, description="A day or a moment; it belongs to the period."),
]
EARLIEST, LATEST = date(1970, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """Moments `start <= moment < end`; None leaves that side open."""

    start: datetime | None = None
    end: datetime | None = None

    def lookups(self, field: str) -> dict[str, datetime]:
        """As filter arguments for the time in `field`."""
        bounds = {f"{field}__gte": self.start, f"{field}__lt": self.end}
        return {lookup: moment for lookup, moment in bounds.items() if moment is not None}


def read_period(query: QueryDict | Mapping[str, str]) -> Period:
    """Raises Invalid for what is no day or moment, and for a period that ends before it begins."""
    wrong: FieldErrors = {}
    start, end = (_read(query.get(name), name, wrong) for name in NAMES)
    if wrong:
        raise Invalid(wrong)
    if start is not None and end is not None and end <= start:
        raise Invalid({"to": [_("The period ends before it begins.")]})
    return Period(start, end)


def _read(text: str | None, name: str, wrong: FieldErrors) -> datetime | None:
    if text is None:
        return None
    try:
        return _moment(text, is_end=name == "to")
    except ValueError:
        wrong[name] = [_("A day such as 2026-01-31, or a moment such as 2026-01-31T08:00:00+04:00, is expected.")]
        return None


def _moment(text: str, *, is_end: bool) -> datetime:
    if not text.isascii() or len(text) > 40:
        raise ValueError(text)
    if len(text) <= 10:
        day = read_day(text)
        return _in_the_uae(datetime.combine(day + timedelta(days=is_end), time.min))
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    _check_day(moment.date())
    aware = moment if timezone.is_aware(moment) else _in_the_uae(moment)
    return aware.astimezone(UTC) + timedelta(microseconds=is_end)


def read_day(text: str) -> date:
    """`2026-01-31`. Raises ValueError for any other spelling, and for a day that no clock will show."""
    day = parse_date(text) if text.isascii() and len(text) == 10 else None
    if day is None:
        raise ValueError(text)
    _check_day(day)
    return day


def _check_day(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValueError(day.isoformat())


def _in_the_uae(moment: datetime) -> datetime:
    return timezone.make_aware(moment, timezone.get_default_timezone()).astimezone(UTC)
