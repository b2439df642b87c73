"""Event: one row for everything that happened, for ever. Outbox: who still has to hear of it."""

from __future__ import annotations

from django.db import models

from aqad.audit import verbs


class Event(models.Model):
    """Who did what to what, before and after. Holds ids, codes and amounts, no names; a trigger refuses any later change."""

    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    about = models.CharField(max_length=40, blank=True)
    actor = models.CharField(max_length=60)
    actor_user_id = models.BigIntegerField(null=True)
    actor_role = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    via = models.CharField(max_length=10)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-id"], name="event_subject"),
            models.Index(fields=["about", "-id"], name="event_about", condition=~models.Q(about="")),
            models.Index(fields=["verb", "-id"], name="event_verb"),
            models.Index(fields=["actor", "-id"], name="event_actor"),
            models.Index(fields=["request_id"], name="event_request", condition=~models.Q(request_id="")),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """`Vendor V1001 created Product P1001`."""
        return verbs.sentence(self.verb, actor=self.actor, subject=f"{self.subject_kind} {self.subject}")

    @property
    def short_verb(self) -> str:
        return verbs.short(self.verb)


class EventOrigin(models.Model):
    """From which address a person acted; apart from the event, so that it can be erased."""

    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="origin")
    ip = models.GenericIPAddressField()

    def __str__(self) -> str:
        return f"{self.event_id} from {self.ip}"


class Outbox(models.Model):
    """One consumer's turn at one event; the row goes when the consumer is done."""

    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+", db_index=False)  # see outbox_event_consumer
    consumer = models.CharField(max_length=40)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="outbox_event_consumer")]
        indexes = [models.Index(fields=["next_try_at"], name="outbox_next_try")]
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"
