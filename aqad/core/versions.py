"""Versions of what is cached: a random token per subject, replaced at every visible change.

Never a counter: an evicted counter that starts again would bring old pages back to life.
"""

from __future__ import annotations

import secrets

from django.core.cache import cache

SECONDS = 24 * 3600


def current(subject: str) -> str:
    """The token that today's cached pages of `subject` carry in their keys."""
    token = cache.get(f"version:{subject}")
    if token is None:
        token = secrets.token_hex(8)
        if not cache.add(f"version:{subject}", token, SECONDS):
            token = cache.get(f"version:{subject}", token)
    return str(token)


def renew(subject: str) -> None:
    """Let every page of `subject` that was cached so far be forgotten. Call after commit."""
    cache.set(f"version:{subject}", secrets.token_hex(8), SECONDS)
