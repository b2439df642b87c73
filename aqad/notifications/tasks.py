"""Workers' entry points to the mails."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="notifications.send_waiting_mails")
def send_waiting_mails() -> int:
    from aqad.notifications import actions

    sent = batch = actions.send_waiting_mails()
    while batch == actions.BATCH:
        batch = actions.send_waiting_mails()
        sent += batch
    return sent
