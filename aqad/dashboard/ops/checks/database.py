"""The database: does it answer, who waits for whom, what lies badly in it. Each question has two seconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from aqad.core.findings import Finding, ago, fail, judge, ok, warn
from aqad.core.measuring import without_values

AREA = "database"
TIME_FOR_A_QUESTION = "2s"
LONGEST_SHOWN = 120
MEGABYTE = 1024 * 1024
BLOCKED = """
    SELECT blocked.pid, extract(epoch FROM clock_timestamp() - blocked.query_start), blocked.query,
           blocking.pid, blocking.state, extract(epoch FROM clock_timestamp() - blocking.xact_start), blocking.query
    FROM pg_stat_activity blocked
    CROSS JOIN LATERAL unnest(pg_blocking_pids(blocked.pid)) AS by (pid)
    JOIN pg_stat_activity blocking ON blocking.pid = by.pid
    WHERE blocked.datname = current_database()
    ORDER BY 2 DESC LIMIT 20
"""
SHUT = """
    SELECT tables.relname, locks.pid, state, extract(epoch FROM clock_timestamp() - xact_start), query
    FROM pg_locks AS locks JOIN pg_class AS tables ON tables.oid = relation AND relkind IN ('r', 'p') JOIN pg_stat_activity USING (pid)
    WHERE mode = 'AccessExclusiveLock' AND granted AND locks.pid <> pg_backend_pid() AND database = (
        SELECT oid FROM pg_database WHERE datname = current_database()
    )
    ORDER BY 4 DESC LIMIT 20
"""
LONG = """
    SELECT pid, state, extract(epoch FROM clock_timestamp() - xact_start), query FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
          AND xact_start < now() - interval '30 seconds'
    ORDER BY 3 DESC LIMIT 20
"""
USED = """
    SELECT count(*), current_setting('max_connections')::int, count(*) FILTER (WHERE datname = current_database())
    FROM pg_stat_activity WHERE backend_type = 'client backend'
"""
INVALID = """
    SELECT index.relname FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
    JOIN pg_namespace AS space ON space.oid = index.relnamespace
    WHERE NOT indisvalid AND space.nspname = ANY (current_schemas(false))
"""
# Sizes as the last VACUUM saw them: asking for the present one waits for whoever has locked the table.
UNUSED = """
    SELECT indexrelname, relpages::bigint * 8192 FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
    JOIN pg_class ON pg_class.oid = indexrelid
    WHERE idx_scan = 0 AND NOT indisunique AND relpages::bigint * 8192 > %s ORDER BY 2 DESC LIMIT 10
"""
KNOWN = "SELECT relname FROM pg_class UNION SELECT conname FROM pg_constraint"
READ_WHOLE = """
    SELECT relname, seq_scan, n_live_tup FROM pg_stat_user_tables
    WHERE n_live_tup > 50000 AND seq_scan > 100 AND seq_scan > coalesce(idx_scan, 0) ORDER BY seq_tup_read DESC LIMIT 10
"""
DEAD = """
    SELECT relname, n_dead_tup, n_live_tup, last_autovacuum FROM pg_stat_user_tables
    WHERE n_dead_tup > 10000 AND n_dead_tup > n_live_tup / 5 ORDER BY n_dead_tup DESC LIMIT 10
"""
SLOWEST = """
    SELECT mean_exec_time, calls, query FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND calls >= 5
    ORDER BY total_exec_time DESC LIMIT 5
"""
SWITCH_ON = (
    "To see the slowest statements: shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, restart PostgreSQL, "
    "then CREATE EXTENSION pg_stat_statements in this database."
)


def answers() -> Iterator[Finding]:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        _ask("SELECT 1")
        times.append((time.perf_counter() - started) * 1000)
    took = statistics.median(times)
    where = f"SQLite, {settings.DATABASES['default']['NAME']}" if not _is_postgres() else _where()
    advice = "The database is far away or busy: look at its CPU and disk, and at who waits for whom below."
    yield judge(AREA, "answers", took, f"{took:.1f} ms", advice, warn_at=20, fail_at=500, details=[where])
    if _is_postgres():
        [(there,)] = _ask("SELECT extract(epoch FROM clock_timestamp())")
        yield clock_finding("database", abs(float(there) - time.time()))


def clock_finding(whose: str, apart: float) -> Finding:
    advice = f"The clocks of this machine and the {whose}'s differ: see whether NTP runs on both."
    return judge("keys", f"clock against the {whose}'s", apart, f"{apart:.2f} s apart", advice, warn_at=1, fail_at=30)


def activity() -> Iterator[Finding]:
    """Connections, locks, transactions that stay open."""
    if not _is_postgres():
        return
    [(used, most, ours)] = _ask(USED)
    advice = "Fewer processes or a smaller DATABASE_POOL_SIZE, PgBouncer in front, or a larger max_connections."
    yield judge(AREA, "connections", used / most, f"{used} of {most}, {ours} to this database", advice, warn_at=0.8, fail_at=0.95)
    yield from _pool()
    yield _locks(_ask(BLOCKED))
    yield from _shut(_ask(SHUT))
    yield _long(_ask(LONG))


def indexes() -> Iterator[Finding]:
    if not _is_postgres():
        return
    broken = [name for (name,) in _ask(INVALID)]
    if broken:
        advice = "An index was not built to its end and is not used: REINDEX INDEX CONCURRENTLY for each."
        yield fail(AREA, "indexes that are broken", f"{len(broken)}", advice, broken)
    missing = sorted(_declared() - {name for (name,) in _ask(KNOWN)})
    if missing:
        advice = "The models declare them and the database lacks them: manage.py migrate, or build them by hand, CONCURRENTLY."
        yield fail(AREA, "indexes that are missing", f"{len(missing)}", advice, missing)
    else:
        yield ok(AREA, "indexes", "all that the models declare are there")
    unused = [f"{name}: {size // MEGABYTE} MB" for name, size in _ask(UNUSED, [10 * MEGABYTE])]
    if unused:
        yield warn(AREA, "indexes nobody reads", f"{len(unused)}", "If that holds on every replica too, drop them CONCURRENTLY.", unused)


def tables() -> Iterator[Finding]:
    if not _is_postgres():
        return
    whole = [f"{name}: {scans} times, {rows} rows" for name, scans, rows in _ask(READ_WHOLE)]
    if whole:
        yield warn(AREA, "tables read from end to end", f"{len(whole)}", "An index may be missing: see which statement does it.", whole)
    dead = [f"{name}: {gone} dead, {live} live, vacuumed {last or 'never'}" for name, gone, live, last in _ask(DEAD)]
    if dead:
        advice = "VACUUM (ANALYZE) them, and see what keeps autovacuum away: a long transaction, or its settings."
        yield warn(AREA, "bloat", f"{len(dead)} tables with many dead rows (estimated)", advice, dead)
    else:
        yield ok(AREA, "bloat", "no table has many dead rows (estimated)")


def statements() -> Iterator[Finding]:
    if not _is_postgres():
        return
    if not _ask("SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        yield ok(AREA, "slowest statements", "not recorded", advice=SWITCH_ON)
        return
    try:
        found = _ask(SLOWEST)
    except DatabaseError:
        yield warn(AREA, "slowest statements", "the extension is there, the library is not loaded", SWITCH_ON)
        return
    lines = [f"{mean:.1f} ms x {calls}: {_short(query)}" for mean, calls, query in found]
    slowest = max((mean for mean, _calls, _query in found), default=0.0)
    advice = "EXPLAIN (ANALYZE, BUFFERS) the first one on a copy of the data."
    yield judge(
        AREA,
        "slowest statements",
        slowest,
        f"{slowest:.1f} ms on average",
        advice,
        warn_at=settings.SLOW_QUERY_MS or 200,
        fail_at=float("inf"),
        details=lines,
    )


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = [f"{step.app_label}.{step.name}" for step, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if waiting:
        yield fail(AREA, "migrations", f"{len(waiting)} wait", "manage.py migrate, as the owner of the tables.", waiting)
    else:
        yield ok(AREA, "migrations", "all applied")


def _pool() -> Iterator[Finding]:
    pool: Any = getattr(connection, "pool", None)
    if pool is None:
        return
    stats = pool.get_stats()
    used, most, waiting = stats["pool_size"] - stats["pool_available"], stats["pool_max"], stats["requests_waiting"]
    value = f"{used} of {most} in use in this process, {waiting} wait"
    advice = "Requests wait for a connection: see what holds them, or raise DATABASE_POOL_SIZE."
    yield judge(AREA, "pool", waiting, value, advice, warn_at=1, fail_at=most)


def _locks(rows: list[Any]) -> Finding:
    if not rows:
        return ok(AREA, "locks", "nobody waits for another")
    lines = [
        f"{blocked} waits for {ago(waited or 0)} ({_short(wanted)}); {blocking} is {state} for {ago(since or 0)} ({_short(last)})"
        for blocked, waited, wanted, blocking, state, since, last in rows
    ]
    blockers = {row[3] for row in rows} - {row[0] for row in rows}
    advice = "End who blocks and is blocked by nobody: " + "; ".join(f"SELECT pg_terminate_backend({pid})" for pid in sorted(blockers))
    longest = max(row[1] or 0 for row in rows)
    return judge(AREA, "locks", float(longest), f"{len(rows)} wait", advice, warn_at=0, fail_at=1, details=lines)


def _shut(rows: list[Any]) -> Iterator[Finding]:
    """Tables that nobody else can even read: for a moment a migration does that, for longer it must not."""
    if rows:
        lines = [f"{table}: by {pid}, {state} for {ago(seconds or 0)}: {_short(query)}" for table, pid, state, seconds, query in rows]
        advice = f"Nobody can read them until it ends: SELECT pg_cancel_backend({rows[0][1]}), or pg_terminate_backend."
        longest = float(rows[0][3] or 0)
        yield judge(AREA, "tables shut", longest, f"{len(rows)}, for {ago(longest)}", advice, warn_at=0, fail_at=2, details=lines)


def _long(rows: list[Any]) -> Finding:
    if not rows:
        return ok(AREA, "long transactions", "none")
    lines = [f"{pid} is {state} for {ago(seconds)}: {_short(query)}" for pid, state, seconds, query in rows]
    advice = f"It keeps locks and old rows: see what it does, then SELECT pg_terminate_backend({rows[0][0]})."
    value = f"{len(rows)}, the longest open for {ago(rows[0][2])}"
    return judge(AREA, "long transactions", float(rows[0][2]), value, advice, warn_at=0, fail_at=300, details=lines)


def _declared() -> set[str]:
    """The names of what the models' classes say must be there."""
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return {index.name for model in models for index in (*model._meta.indexes, *model._meta.constraints) if index.name}


def _where() -> str:
    [(version, name, size)] = _ask("SELECT current_setting('server_version'), current_database(), pg_database_size(current_database())")
    return f"PostgreSQL {version}, {name}, {size // MEGABYTE} MB"


def _ask(sql: str, params: Iterable[Any] = ()) -> list[Any]:
    """The rows, within the time for a question; what fails leaves the connection as it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        if _is_postgres():
            cursor.execute(f"SET LOCAL statement_timeout = '{TIME_FOR_A_QUESTION}'")
        cursor.execute(sql, list(params) or None)
        return list(cursor.fetchall())


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _short(query: str | None) -> str:
    return without_values(query or "")[:LONGEST_SHOWN]
