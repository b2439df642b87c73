"""N1: whoever is due to hear of something does, once, and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef

from aqad.accounts.models import Membership, User
from aqad.audit.models import Event, Outbox
from aqad.core import clock
from aqad.notifications.models import MAILS_KEPT, NOTIFICATIONS_KEPT, Mail, Notification
from aqad.notifications.rows import By
from aqad.notifications.table import TOLD, due_of

SETTLED_AFTER, A_NIGHT = timedelta(minutes=5), timedelta(days=1)
SAMPLE = 500


def n1_notifications_are_unique() -> list[str]:
    doubled = Notification.objects.values("event", "user").annotate(times=Count("pk")).filter(times__gt=1)
    return [f"event {row['event']} told user {row['user']} {row['times']} times" for row in doubled]


def n1_everybody_concerned_was_told() -> list[str]:
    """For the newest events: each person of the table's audience has the notification, once the outbox is done with the event."""
    events = _told_events(NOTIFICATIONS_KEPT)
    told = set(Notification.objects.filter(event__in=events).values_list("event_id", "user_id"))
    missing = {
        (occasion.event.pk, user.pk): occasion.event
        for occasion, row, user in due_of(events)
        if By.APP in row.by and user.date_joined <= occasion.event.at and (occasion.event.pk, user.pk) not in told
    }
    return [f"event {event.pk} ({event.verb} {event.subject}) was not told to user {user}" for (_, user), event in missing.items()]


def n1_everybody_concerned_was_written_to() -> list[str]:
    """The same of mails, which may still wait to be sent."""
    events = _told_events(MAILS_KEPT)
    written = set(Mail.objects.filter(event__in=events).values_list("event_id", "user_id"))
    missing = {
        (occasion.event.pk, user.pk): occasion.event
        for occasion, row, user in due_of(events)
        if By.MAIL in row.by and user.date_joined <= occasion.event.at and (occasion.event.pk, user.pk) not in written
    }
    return [f"event {event.pk} ({event.verb} {event.subject}) has no mail for user {user}" for (_, user), event in missing.items()]


def n1_no_stranger_was_told() -> list[str]:
    """For the newest events: whoever was told is concerned, or of a company that is. Whoever has changed sides since is passed over."""
    events = _told_events(NOTIFICATIONS_KEPT)
    concerned: defaultdict[int, set[int]] = defaultdict(set)
    for occasion, _row, user in due_of(events):
        concerned[occasion.event.pk].add(user.pk)
    subjects = {event.subject for event in events}
    moved = set(Event.objects.filter(verb="deliveries.reassigned", subject__in=subjects).values_list("subject", flat=True))
    judged = {event.pk: event for event in events if event.subject not in moved}
    told = {
        *Notification.objects.filter(event__in=judged).values_list("event_id", "user_id"),
        *Mail.objects.filter(event__in=judged, user__isnull=False).values_list("event_id", "user_id"),
    }
    sides = dict(Membership.objects.filter(user__in={user for _, user in told}.union(*concerned.values())).values_list("user", "company"))
    strangers = [
        (event, user)
        for event, user in sorted(told)
        if user not in concerned[event] and (user not in sides or sides[user] not in {sides.get(other, 0) for other in concerned[event]})
    ]
    left = set(User.objects.filter(pk__in={user for _, user in strangers}, is_active=False).values_list("pk", flat=True))
    return [
        f"event {event} ({judged[event].verb} {judged[event].subject}) was told to user {user}, a stranger to it"
        for event, user in strangers
        if user not in left
    ]


def n1_no_mail_twice() -> list[str]:
    doubled = Mail.objects.exclude(event=None).values("event", "user").annotate(times=Count("pk"))
    return [f"event {row['event']} has {row['times']} mails for user {row['user']}" for row in doubled.filter(times__gt=1)]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "N1 nobody was told twice": n1_notifications_are_unique,
    "N1 everybody concerned was told": n1_everybody_concerned_was_told,
    "N1 everybody concerned was written to": n1_everybody_concerned_was_written_to,
    "N1 no stranger was told": n1_no_stranger_was_told,
    "N1 no mail twice": n1_no_mail_twice,
}


def _told_events(kept: timedelta) -> list[Event]:
    """The newest events that somebody is told of, once the outbox is done with them; none whose traces may be over their time."""
    now = clock.now()
    waiting = Outbox.objects.filter(event=OuterRef("pk"), consumer="notifications")
    events = Event.objects.filter(~Exists(waiting), verb__in=TOLD, at__range=(now - kept + A_NIGHT, now - SETTLED_AFTER))
    return list(events.order_by("-pk")[:SAMPLE])
