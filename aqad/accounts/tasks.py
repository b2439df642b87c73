"""Housekeeping of what signing in leaves behind."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="accounts.forget_expired")
def forget_expired() -> int:
    """Delete token families, used refresh tokens and failed sign-ins whose time is over. Returns how many rows went."""
    from aqad.accounts.actions import sessions

    return sessions.forget_expired()
