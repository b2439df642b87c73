"""Telling vendors in time that a paper of theirs ends."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from aqad.audit.actions import record
from aqad.core import clock
from aqad.core.actor import Actor
from vendors.models import VendorDocument
from vendors.querysets import expiring_unwarned

NOTICE = timedelta(days=30)


def warn_of_expiring_documents() -> int:
    """Announce, once each, the papers in force that end within 30 days. Returns how many were announced."""
    actor = Actor.system("documents")
    waiting = expiring_unwarned(clock.today() + NOTICE).order_by("pk").values_list("pk", flat=True)
    return sum(_warn(document_id, actor) for document_id in list(waiting))


@transaction.atomic
def _warn(document_id: int, actor: Actor) -> bool:
    """Claimed by a conditional update, so that two workers announce a paper once."""
    claimed = VendorDocument.objects.filter(pk=document_id, warned_at=None).update(warned_at=clock.now())
    if not claimed:
        return False
    document = VendorDocument.objects.select_related("vendor").get(pk=document_id)
    expires_on = document.expires_on.isoformat() if document.expires_on else None
    record("vendors.document_expiring", document, actor, about=document.vendor, type=document.type, expires_on=expires_on)
    return True
