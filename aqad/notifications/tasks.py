"""Workers' entry points to the mails."""

from __future__ import annotations

from celery import shared_task

from aqad.core.gathering import until_not_full


@shared_task(name="notifications.send_waiting_mails")
def send_waiting_mails() -> int:
    from aqad.notifications import actions

    return until_not_full(actions.send_waiting_mails, actions.BATCH)
