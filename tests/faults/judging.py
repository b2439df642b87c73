"""Judge a record of calls in the application's own environment: `python -m tests.faults.judging LOG SINCE`, told as JSON.

First whatever is left to workers is waited for, and what they have put off for minutes is asked for with the clock set ahead.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

PATIENCE = 15.0  # seconds in which workers and beat get it done by themselves
AHEAD = timedelta(minutes=6)  # beyond every grace, lease and pause of the first tries
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
ROUNDS = 4  # together less than the half hour after which unpaid orders end


def judge(log: Path, since: datetime) -> dict[str, Any]:
    """What is wrong, by how many AED our book and the bank's differ, and the mails there are."""
    from tests.proof.checker import broken_invariants, undecided, wrong
    from tests.proof.recorder import read

    _settle()
    calls = read(log)
    book = _books(since)
    left = [f"{number} {what} are left undone" for what, number in _left().items()]
    never = [f"{one.call.kind} {one.call.whole} was never answered" for one in undecided(calls) if one.call.key]
    found = [*wrong(calls), *never, *left, *broken_invariants(), *book["differences"]]
    return {"violations": found, "aed": str(book["aed"]), "mails": _mails()}


def _settle() -> None:
    from aqad.core import clock

    until = time.monotonic() + PATIENCE
    while _left() and time.monotonic() < until:
        time.sleep(0.5)
    for number in range(1, ROUNDS + 1):
        if not _left():
            return
        before: dict[str, int] = {}
        while (left := _left()) and left != before:  # a task takes a hundred at a time
            before = left
            with clock.living_at(datetime.now(UTC) + number * AHEAD):
                _do_all()


def _left() -> dict[str, int]:
    from aqad.audit.models import Outbox
    from aqad.notifications.models import Mail
    from payments.models import GatewayMessage, Refund
    from payments.querysets import live_attempts
    from payments.statuses import RefundStatus

    waiting = {
        "events to be heard": Outbox.objects.all(),
        "mails to be sent": Mail.objects.filter(sent_at=None, given_up_at=None),
        "attempts to be settled": live_attempts(),
        "refunds to be sent": Refund.objects.filter(status=RefundStatus.REQUESTED),
        "messages of the bank to be handled": GatewayMessage.objects.filter(handled_at=None),
    }
    return {what: number for what, rows in waiting.items() if (number := rows.count())}


def _do_all() -> None:
    """What beat asks workers for every half minute or minute."""
    from aqad.audit.tasks import sweep_outbox
    from aqad.notifications.tasks import send_waiting_mails
    from payments.tasks import reconcile, send_refunds

    for task in (sweep_outbox, reconcile, send_refunds, sweep_outbox, send_waiting_mails):
        task()


def _books(since: datetime) -> dict[str, Any]:
    """Ours against the bank's, line by line and as sums: the bank may have booked a thing twice under one key."""
    from django.db.models import Sum

    from aqad.core import money
    from payments.actions.comparing import compare
    from payments.gateways import registry
    from payments.models import PaymentAttempt, Refund
    from payments.statuses import RefundStatus

    bank = registry.of("stripe").book_since(BEGINNING)
    if bank is None:
        return {"differences": ["the bank does not show its book"], "aed": "?"}
    taken = money.aed(PaymentAttempt.objects.aggregate(sum=Sum("captured"))["sum"])
    back = money.aed(Refund.objects.filter(status=RefundStatus.DONE).aggregate(sum=Sum("amount"))["sum"])
    off = abs(sum((one.amount for one in bank.charges), Decimal(0)) - taken) + abs(
        sum((one.amount for one in bank.refunds), Decimal(0)) - back
    )
    lines = [str(one) for one in compare("stripe", since=since).differences]
    if off and not lines:
        lines = [f"the bank's sums differ from ours by {off} AED"]
    return {"differences": lines, "aed": off.quantize(Decimal("0.01"))}


def _mails() -> dict[str, bool]:
    """Every mail by its Message-ID, and whether it is noted as sent."""
    from aqad.notifications.models import Mail

    return {name: sent_at is not None for name, sent_at in Mail.objects.values_list("message_id", "sent_at")}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
    django.setup()
    print(json.dumps(judge(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))))
