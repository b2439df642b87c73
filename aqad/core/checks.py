"""System checks for combinations of settings that would look fine and be wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def cache_is_shared(**_: Any) -> list[Error]:
    """LocMem together with a broker means several processes, each with its own cache and its own counters."""
    if settings.CELERY_BROKER_URL and not settings.REDIS_URL:
        return [
            Error(
                "CELERY_BROKER_URL is set but REDIS_URL is not: each process would have a cache of its own.",
                hint="Set REDIS_URL, or leave both away to run embedded.",
                id="core.E001",
            )
        ]
    return []
