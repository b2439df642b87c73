"""The copy of the database that catalogue reads may go to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections

from aqad.core.findings import Finding, fail, judge

# A replica that has replayed everything it received is level, however long ago the last change was.
LAG = """
    SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
           ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END,
           pg_is_wal_replay_paused(), pg_last_wal_replay_lsn()::text
"""
PAUSED = "Replay is paused: SELECT pg_wal_replay_resume() on it."


def lag() -> Iterator[Finding]:
    """Nothing to say where no replica is set."""
    if "replica" not in connections:
        return
    is_replica, seconds, is_paused, replayed = _row("replica", LAG) if _is_replica() else (False, 0, False, "")
    if not is_replica:
        yield fail("replica", "lag", "it is no replica", "DATABASE_REPLICA_URL names a server that takes writes: name a standby.")
        return
    behind = _bytes_behind(replayed)
    advice = PAUSED if is_paused else "See its CPU, disk and network, and whether a long query on it holds replay up."
    value = f"{float(seconds or 0):.1f} s, {behind} bytes behind"
    yield judge("replica", "lag", _severity(float(seconds or 0), behind, is_paused=is_paused), value, advice, warn_at=5, fail_at=60)


def _severity(seconds: float, behind: int, *, is_paused: bool) -> float:
    """One that is cut off from the writer takes itself for up to date: what the writer wrote meanwhile counts too, 16 MB as 5 s."""
    return max(seconds, 5 * behind / (16 * 1024 * 1024), 60 if is_paused else 0)


def seconds_behind() -> float:
    """As `lag` has it; 0 for a server that is no replica."""
    return float(_row("replica", LAG)[1] or 0) if _is_replica() else 0.0


def _is_replica() -> bool:
    return bool(_row("replica", "SELECT pg_is_in_recovery()")[0])


def _bytes_behind(replayed: str) -> int:
    return max(0, int(_row("default", "SELECT pg_current_wal_lsn() - %s::pg_lsn", [replayed])[0]))


def _row(alias: str, sql: str, params: list[Any] | None = None) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()
