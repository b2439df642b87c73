"""Housekeeping that no app above needs to know of."""

from __future__ import annotations

import structlog
from celery import shared_task

log = structlog.get_logger(__name__)


@shared_task(name="core.forget_expired")
def forget_expired() -> int:
    """Delete idempotency keys and sessions whose time is over. Returns how many rows went."""
    from django.contrib.sessions.models import Session

    from aqad.core import clock
    from aqad.core.idempotency import LIFETIME
    from aqad.core.models import IdempotencyKey

    keys, _ = IdempotencyKey.objects.filter(created_at__lt=clock.now() - LIFETIME).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=clock.now()).delete()
    return keys + sessions


@shared_task(name="core.check_invariants")
def check_invariants() -> int:
    """Log every broken invariant. Returns how many there are."""
    from django.core.cache import cache

    from aqad.core.invariants import BROKEN_KEY, violations

    broken = 0
    for name, rows in violations():
        if rows:
            broken += 1
            log.error("invariant_broken", invariant=name, rows=len(rows), first=rows[:5])
    cache.set(BROKEN_KEY, broken, 3 * 24 * 3600)
    return broken


@shared_task(name="core.remove_orphan_files")
def remove_orphan_files() -> int:
    """Delete files that no row names. Returns how many went."""
    from aqad.core.orphans import remove_orphans

    return remove_orphans()
