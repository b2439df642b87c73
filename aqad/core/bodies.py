"""Bodies that many doors read alike."""

from __future__ import annotations

from aqad.core.fields import REASON_LENGTH, StrictSerializer, TextField


class ReasonBody(StrictSerializer):
    reason = TextField(max_length=REASON_LENGTH, multiline=True)


class EmptyBody(StrictSerializer):
    """A body that says nothing."""
