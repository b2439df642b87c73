"""Housekeeping of what signing in leaves behind."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="accounts.forget_expired")
def forget_expired() -> int:
    """Delete what signing in has left behind and nothing needs any more. Returns how many rows went."""
    from aqad.accounts.actions import sessions

    return sessions.forget_expired()
