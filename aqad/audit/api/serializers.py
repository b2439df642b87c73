"""An event as staff read it."""

from __future__ import annotations

from rest_framework import serializers

from aqad.audit.models import Event


class EventSerializer(serializers.ModelSerializer[Event]):
    text = serializers.CharField(read_only=True, help_text='A sentence made on reading: "Vendor V1001 created Product P1001".')
    facts = serializers.DictField(read_only=True, help_text="Ids, codes and amounts, before and after.")

    class Meta:
        model = Event
        fields = ["id", "actor", "verb", "subject", "about", "text", "facts", "via", "request_id", "at"]
        read_only_fields = fields
