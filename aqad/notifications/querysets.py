"""Questions to what people were told."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aqad.core.actor import Actor
from aqad.core.errors import Invalid
from aqad.notifications.models import Notification


def visible_to(actor: Actor) -> QuerySet[Notification]:
    """A person's own; AQAD's staff too have only theirs."""
    return Notification.objects.filter(user=actor.user)


def read_or_not(notifications: QuerySet[Notification], unread: str | None) -> QuerySet[Notification]:
    """By the parameter `unread` of a list: "true", "false", or None for all. Raises Invalid."""
    if unread not in {None, "true", "false"}:
        raise Invalid({"unread": [_("true or false is expected.")]})
    return notifications if unread is None else notifications.filter(read_at__isnull=unread == "true")
