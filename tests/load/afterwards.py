"""After a load: wait until the workers have done what it left them, then ask every invariant."""

from __future__ import annotations

import time

from tests.load.measuring import Bar
from tests.stack.stack import Stack

WAITING = {
    "events to be heard": "SELECT count(*) FROM audit_outbox",
    "attempts under way": "SELECT count(*) FROM payments_paymentattempt WHERE status IN ('initiated', 'requires_action', 'unknown')",
    "refunds to be sent": "SELECT count(*) FROM payments_refund WHERE status = 'requested'",
}


def judge(stack: Stack, *, patience: float = 600) -> bool:
    """Prints what the invariants say, and whether something was left over; False when one is broken or work was left."""
    left = _settle(stack, patience)
    try:
        said = stack.manage("check_invariants", "--verbosity=2")
    except RuntimeError as broken:
        print(f"\n{broken}")
        return False
    held = sum(line.startswith("holds") for line in said.splitlines())
    print(f"\nInvariants: {held} asked, all hold.")
    if left:
        print(f"Not done within {patience:.0f} s: {left}")
    return not left


def _settle(stack: Stack, patience: float) -> dict[str, int]:
    """Wait for the workers; what they have not done in time."""
    until = time.monotonic() + patience
    first, bar = 0, None
    while left := {name: int(number) for name, query in WAITING.items() if (number := stack.sql(query))}:
        whole = sum(left.values())
        if bar is None or whole > first:
            first, bar = whole, Bar("what is left to the workers  ", whole)
        bar.show(first - whole, ", ".join(f"{number:,} {name}" for name, number in left.items()))
        if time.monotonic() > until:
            break
        time.sleep(1)
    if bar is not None:
        bar.show(bar.whole if not left else 0)
        bar.end()
    return left
