"""Which build runs (RELEASE_ID), and since when: noted in the cache by the first process of it that starts."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache

PROCESS_STARTED_AT = time.time()
REMEMBERED = 180 * 24 * 3600


def note() -> None:
    """Called when a web process or a worker starts."""
    if settings.RELEASE_ID:
        cache.add(_key(), time.time(), REMEMBERED)


def first_seen() -> float | None:
    """Seconds since the epoch; None when the cache does not know (any more)."""
    found = cache.get(_key()) if settings.RELEASE_ID else None
    return None if found is None else float(found)


def _key() -> str:
    return f"release:{settings.RELEASE_ID}".replace(" ", "_")
