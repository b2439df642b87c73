"""The bell's page: what one was told, newest first; each message leads to what it is about and is read by that."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.request import Request

from aqad.core.views import SIGNED_IN, find_by_id
from aqad.core.web import Page
from aqad.notifications import actions
from aqad.notifications.models import Notification
from aqad.notifications.querysets import read_or_not, visible_to

MANY = 100
# The picture of a kind; where a kind has none of its own, that of its first word.
PICTURES = {
    "acceptance_due": "clock",
    "money_alert": "alert",
    "order_picked_up": "truck",
    "order_out_for_delivery": "truck",
    "order_completed": "check",
    "order": "orders",
    "payment": "card",
    "delivery": "truck",
    "vendor": "store",
    "company": "building",
    "document": "document",
    "stock": "box",
    "import": "upload",
    "welcome": "home",
}


class NotificationPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def list(self, request: Request) -> HttpResponse:
        wanted = request.query_params.get("unread")
        page = self.rows(read_or_not(visible_to(self.actor), wanted), filters=("unread",))
        entries = [_entry(notification) for notification in page["results"]]
        return self.show(
            "notifications/notifications.html", entries=entries, pagination=page["pagination"], wanted=wanted, unread=self._unread()
        )

    def unread(self, request: Request) -> HttpResponse:
        """How many are not read yet, for the bell."""
        return self.show_live("notifications/_unread.html", unread=self._unread())

    def open(self, request: Request, number: str) -> HttpResponse:
        """Go to what the message is about. Being read is a courtesy, so a GET may note it."""
        notification: Notification = find_by_id(visible_to(self.actor), number)
        actions.mark_read(user=self.actor.user, ids=[notification.pk])
        return self.go(notification.url or reverse("notifications:notifications"))

    def read_all(self, request: Request) -> HttpResponse:
        read = actions.mark_read(user=self.actor.user, ids=None)
        self.say(
            ngettext("%(read)d message is marked as read.", "%(read)d messages are marked as read.", read) % {"read": read}
            if read
            else _("Everything was read already.")
        )
        return self.go(reverse("notifications:notifications"))

    def _unread(self) -> int:
        """Counted no further than a hundred."""
        return visible_to(self.actor).filter(read_at=None)[:MANY].count()


def _entry(notification: Notification) -> dict[str, Any]:
    kind = notification.kind
    return {
        "notification": notification,
        "picture": PICTURES.get(kind) or PICTURES.get(kind.partition("_")[0], "bell"),
        "day": timezone.localdate(notification.created_at),
    }
