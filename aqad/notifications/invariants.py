"""N1: whoever is due to hear of something does, once, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef

from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.notifications.models import Mail, Notification
from aqad.notifications.rows import By
from aqad.notifications.table import TOLD, due_of

SETTLED_AFTER = timedelta(minutes=5)
SAMPLE = 500


def n1_notifications_are_unique() -> list[str]:
    doubled = Notification.objects.values("event", "user").annotate(times=Count("pk")).filter(times__gt=1)
    return [f"event {row['event']} told user {row['user']} {row['times']} times" for row in doubled]


def n1_everybody_concerned_was_told() -> list[str]:
    """For the newest events: each person of the table's audience has the notification, once the outbox is done with the event."""
    waiting = Outbox.objects.filter(event=OuterRef("pk"), consumer="notifications")
    events = list(Event.objects.filter(~Exists(waiting), verb__in=TOLD, at__lt=clock.now() - SETTLED_AFTER).order_by("-pk")[:SAMPLE])
    told = set(Notification.objects.filter(event__in=events).values_list("event_id", "user_id"))
    missing = {
        (occasion.event.pk, user.pk): occasion.event
        for occasion, row, user in due_of(events)
        if By.APP in row.by and user.date_joined <= occasion.event.at and (occasion.event.pk, user.pk) not in told
    }
    return [f"event {event.pk} ({event.verb} {event.subject}) was not told to user {user}" for (_, user), event in missing.items()]


def n1_no_mail_twice() -> list[str]:
    doubled = Mail.objects.exclude(event=None).values("event", "user").annotate(times=Count("pk"))
    return [f"event {row['event']} has {row['times']} mails for user {row['user']}" for row in doubled.filter(times__gt=1)]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "N1 nobody was told twice": n1_notifications_are_unique,
    "N1 everybody concerned was told": n1_everybody_concerned_was_told,
    "N1 no mail twice": n1_no_mail_twice,
}
