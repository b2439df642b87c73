"""The plan of a slow statement, looked up afterwards: by a thread and a connection of its own, at most once a second in a process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import structlog
from django.db import DatabaseError, connections, transaction

from aqad.core.measuring import Slow, without_values

log = structlog.get_logger("aqad.database")
PAUSE = 1.0  # seconds between two plans
EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
LONGEST_PLAN = 40  # lines
CONDITIONS = ("Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond", "Sort Key")

_turn = threading.Lock()
_next = 0.0


def look_up_soon(slow: Slow) -> threading.Thread | None:
    """Log the plan of `slow` in a moment, unless another one was asked for within the last second. Call when the work is over."""
    global _next
    if connections[slow.alias].vendor != "postgresql" or not slow.sql.lstrip().upper().startswith(EXPLAINED):
        return None
    with _turn:
        if time.monotonic() < _next:
            return None
        _next = time.monotonic() + PAUSE
    thread = threading.Thread(target=_look_up, args=(slow,), name="plan of a slow query", daemon=True)
    thread.start()
    return thread


def _look_up(slow: Slow) -> None:
    try:
        lines = plan_of(slow)
    except DatabaseError as error:
        log.info("slow_query_plan_failed", error=type(error).__name__)
    else:
        log.warning("slow_query_plan", database=slow.alias, statement=without_values(slow.sql), plan=lines)
    finally:
        connections[slow.alias].close()


def plan_of(slow: Slow) -> list[str]:
    """How the planner would run it now, without running it; no value of the statement is shown."""
    with transaction.atomic(using=slow.alias), connections[slow.alias].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1s'; SET LOCAL lock_timeout = '100ms'")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {slow.sql}", slow.params)
        [found] = cursor.fetchone()
    plan = json.loads(found) if isinstance(found, str) else found
    return list(_lines(plan[0]["Plan"]))[:LONGEST_PLAN]


def _lines(node: dict[str, Any], depth: int = 0) -> Iterator[str]:
    what = [node["Node Type"]]
    what += [f"using {node['Index Name']}"] if "Index Name" in node else []
    what += [f"on {node['Relation Name']}"] if "Relation Name" in node else []
    conditions = [f"{name}: {without_values(str(node[name]))}" for name in CONDITIONS if name in node]
    cost = f"(cost {node['Total Cost']}, rows {node['Plan Rows']})"
    yield "  " * depth + " ".join([*what, cost, *conditions])
    for child in node.get("Plans", []):
        yield from _lines(child, depth + 1)
