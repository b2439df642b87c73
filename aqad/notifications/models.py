"""Notification: what a person was told in the app, once per event. Mail: what waits to be sent, or was."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqad.audit.models import Event
from aqad.core import clock
from aqad.core.fields import EMAIL_LENGTH

MESSAGE_LENGTH, SUBJECT_LENGTH = 500, 200
# docs/privacy.md says why.
MAILS_KEPT, NOTIFICATIONS_KEPT = timedelta(days=90), timedelta(days=365)


class Notification(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    message = models.CharField(max_length=MESSAGE_LENGTH)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="notification_once_per_event_and_user")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Mail(models.Model):
    """One message to one person. Claimed by a lease before it is sent; a repeat after a crash has the same Message-ID."""

    message_id = models.CharField(max_length=120, unique=True)
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    recipient = models.EmailField(max_length=EMAIL_LENGTH)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    text = models.TextField()
    html = models.TextField(blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)  # its server refused it for good

    class Meta:
        verbose_name = _("mail")
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], condition=models.Q(event__isnull=False), name="mail_once_per_event_and_user")
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=models.Q(sent_at=None), name="mail_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} to user {self.user_id}"
