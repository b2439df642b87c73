"""What must always hold of decisions on papers (A1 of the promise): each is on record once, as it was taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from aqad.audit.models import Event
from vendors.models import VendorDocument
from vendors.statuses import DocumentStatus

DECISIONS: dict[str, str] = {
    "vendors.document_approved": DocumentStatus.APPROVED,
    "vendors.document_rejected": DocumentStatus.REJECTED,
}


def decisions_are_on_record() -> list[str]:
    """A paper that was decided on has one event that says so; what was replaced since may have been decided either way."""
    recorded: defaultdict[str, list[str]] = defaultdict(list)
    for subject, verb in Event.objects.filter(verb__in=DECISIONS).order_by("pk").values_list("subject", "verb").iterator():
        recorded[subject].append(DECISIONS[verb])
    papers = VendorDocument.objects.order_by("pk").values_list("pk", "status", "decided_at")
    wrong = []
    for pk, status, decided_at in papers.iterator():
        name = f"{VendorDocument._meta.model_name}:{pk}"
        events = recorded.get(name, [])
        agrees = status == DocumentStatus.REPLACED or events == [status]
        if len(events) != (decided_at is not None) or (events and not agrees):
            wrong.append(f"{name}: {status}, on record {', '.join(events) or 'nothing'}")
    return wrong


INVARIANTS: dict[str, Callable[[], list[str]]] = {"A1 decisions on papers are on record": decisions_are_on_record}
