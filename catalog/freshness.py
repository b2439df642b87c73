"""Stored pages of the catalogue are renewed after each visible change: at the commit, and once more through the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from aqad.audit import consumers, verbs
from aqad.audit.models import Event
from aqad.core import stored

SUBJECT = "catalogue"
# What others do that changes what the shop window shows: a vendor's name, and whether it may sell.
VERBS_OF_OTHERS = (
    "vendors.approved",
    "vendors.changed",
    "accounts.company_changed",
    "accounts.company_suspended",
    "accounts.company_reinstated",
)


def renew() -> None:
    stored.renew(SUBJECT)


def renew_after_commit() -> None:
    """Once per transaction, however many changes it makes."""
    if not any(function is renew for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(renew)


def hear(_events: Sequence[Event]) -> None:
    """The second renewal, for the first may have failed with the cache or the process."""
    renew()


def register() -> None:
    ours = [verb for verb in verbs.declared() if verb.startswith("catalog.")]
    consumers.register("catalogue_version", hear, [*ours, *VERBS_OF_OTHERS], once_per_batch=True)
