"""Where transactions may begin, and where they must not be open."""

from __future__ import annotations

from django.db import connection


class InsideTransaction(RuntimeError):
    """A call to another company's system was about to happen inside a transaction: a bug, never an answer."""


def outside_transaction() -> None:
    """Raise InsideTransaction when a durable block could not be opened here. Actions that call a gateway begin with it."""
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if ours:
        raise InsideTransaction("Another system may not be called while a transaction is open.")
