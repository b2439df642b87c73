"""Taking rows from the outbox for a while: no two workers have the same one, and a dead worker's come round again."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from aqad.audit.models import Outbox
from aqad.core import clock

LEASE = timedelta(minutes=2)
BATCH = 100


def lease(whose: Q, limit: int) -> list[Outbox]:
    """The oldest due rows of `whose` consumers, with their events, for the time of a lease."""
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    with transaction.atomic():
        rows = Outbox.objects.select_related("event").filter(whose, free, next_try_at__lte=now).order_by("event_id", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        leased = list(rows[:limit])
        if leased:
            Outbox.objects.filter(pk__in=[row.pk for row in leased]).update(leased_until=now + LEASE)
    return leased
