"""Workers' entry points."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="vendors.warn_of_expiring_documents")
def warn_of_expiring_documents() -> int:
    from vendors.actions import expiring

    return expiring.warn_of_expiring_documents()
