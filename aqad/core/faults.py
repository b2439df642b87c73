"""How many answers failed on our side lately, by route: counted in the cache by the hour, for whoever looks why (`manage.py doctor`)."""

from __future__ import annotations

import time
from contextlib import suppress

from django.core.cache import cache

HOUR = 3600


def note(route: str) -> None:
    """Count one more; a cache that is away forgets it. Of two routes that fail first at once one may be listed at its next failure only."""
    hour = _this_hour()
    routes = cache.get(_list_of(hour)) or []
    if route not in routes:
        cache.set(_list_of(hour), [*routes, route], 2 * HOUR)
    cache.add(_count_of(route, hour), 0, 2 * HOUR)
    with suppress(ValueError):  # gone again already
        cache.incr(_count_of(route, hour))


def recent() -> dict[str, int]:
    """Failures by route in this hour and the one before, the most first."""
    hours = (_this_hour(), _this_hour() - 1)
    places = {_count_of(route, hour): route for hour in hours for route in cache.get(_list_of(hour)) or []}
    found: dict[str, int] = {}
    for key, number in cache.get_many(list(places)).items():
        found[places[key]] = found.get(places[key], 0) + int(number)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _this_hour() -> int:
    return int(time.time()) // HOUR


def _list_of(hour: int) -> str:
    return f"faults:{hour}"


def _count_of(route: str, hour: int) -> str:
    return f"faults:{hour}:{route}".replace(" ", "_")
