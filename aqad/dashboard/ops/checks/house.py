"""This machine and this process: settings in force, keys, room, release, what failed lately. Never a secret."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags, run_checks

from aqad.core import faults, releases
from aqad.core.findings import Finding, ago, fail, judge, ok, warn

MANY_FAULTS = 50
MEMORY = Path("/proc/meminfo")


def settings_in_force() -> Iterator[Finding]:
    """What this deployment is, and what of it should not be so."""
    mode = "embedded" if settings.EMBEDDED else "production"
    lines = [
        f"PUBLIC_URL {settings.PUBLIC_URL}, ALLOWED_HOSTS {', '.join(settings.ALLOWED_HOSTS)}",
        f"TRUSTED_PROXIES {settings.TRUSTED_PROXIES}, RATE_LIMIT_SCALE {settings.RATE_LIMIT_SCALE:g}, LOG_LEVEL {settings.LOG_LEVEL}",
        f"gateway {settings.PAYMENT_GATEWAY}, files {'in a bucket' if settings.AWS_STORAGE_BUCKET_NAME else 'on disk'}",
        f"traces {'on' if settings.OTEL_EXPORTER_OTLP_ENDPOINT else 'off'}, Sentry {'on' if settings.SENTRY_DSN else 'off'}",
    ]
    yield ok("settings", "environment", mode, lines)
    jwt: dict[str, Any] = settings.SIMPLE_JWT
    value = f"access {ago(jwt['ACCESS_TOKEN_LIFETIME'].total_seconds())}, refresh {ago(jwt['REFRESH_TOKEN_LIFETIME'].total_seconds())}"
    yield ok("settings", "tokens", value, [f"{jwt['ALGORITHM']}, issuer {jwt['ISSUER']}, audience {jwt['AUDIENCE']}"])
    wrong = _wrong()
    if wrong:
        advice = "Change the setting (docs/settings.md) and start every process again."
        yield (fail if settings.DEBUG and not settings.EMBEDDED else warn)("settings", "not for production", f"{len(wrong)}", advice, wrong)
    weak = [str(found.id) for found in run_checks(tags=[Tags.security], include_deployment_checks=True)]
    if weak and not settings.EMBEDDED:
        yield warn("settings", "security checks", ", ".join(weak), "manage.py check --deploy says what each means.")


def keys() -> Iterator[Finding]:
    """How strong, never which."""
    given = {"SECRET_KEY": settings.SECRET_KEY, "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY}
    short = [name for name, key in given.items() if len(key) < 40 or len(set(key)) < 10]
    advice = "Give each at least 40 random characters of its own (docs/settings.md)."
    if short or len(set(given.values())) < len(given):
        yield fail("keys", "strength", f"too weak: {', '.join(short)}" if short else "one key for two purposes", advice)
    else:
        yield ok("keys", "strength", ", ".join(f"{name} {len(key)} characters" for name, key in given.items()))
    earlier = {"SECRET_KEY_FALLBACKS": len(settings.SECRET_KEY_FALLBACKS), "JWT_PREVIOUS_KEYS": len(settings.JWT_PREVIOUS_KEYS)}
    told = [f"{name} holds {number}" for name, number in earlier.items() if number]
    yield ok("keys", "earlier ones still believed", ", ".join(told) or "none")


def host() -> Iterator[Finding]:
    """Load, memory, disk of where this runs."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    advice = "See what keeps the processors busy (top), or add processes on another machine."
    yield judge("host", "load", load / cores, f"{load:.1f} on {cores} cores", advice, warn_at=2, fail_at=8)
    if MEMORY.exists():
        facts = {line.split(":")[0]: int(line.split()[1]) for line in MEMORY.read_text().splitlines()}
        free = facts["MemAvailable"] / facts["MemTotal"]
        value = f"{facts['MemAvailable'] / 1e6:.1f} of {facts['MemTotal'] / 1e6:.1f} GB free"
        yield judge("host", "memory", 1 - free, value, "See which process grows, before the kernel ends one.", warn_at=0.9, fail_at=0.96)
    disk = shutil.disk_usage(settings.STATE_DIR if settings.STATE_DIR.exists() else "/")
    value = f"{disk.free / 1e9:.1f} of {disk.total / 1e9:.1f} GB free"
    yield judge("host", "disk", 1 - disk.free / disk.total, value, "Make room: logs, old files, old images.", warn_at=0.85, fail_at=0.95)


def release() -> Iterator[Finding]:
    """Which build this process is, and since when it is out."""
    since = releases.first_seen()
    value = f"{settings.RELEASE_ID or 'no RELEASE_ID is set'}, this process runs for {ago(time.time() - releases.PROCESS_STARTED_AT)}"
    details = [f"first seen {ago(time.time() - since)} ago"] if since else []
    yield ok("release", "deployed", value, details)


def errors() -> Iterator[Finding]:
    """Answers that failed on our side in this hour and the one before."""
    found = faults.recent()
    number = sum(found.values())
    lines = [f"{route}: {times}" for route, times in list(found.items())[:10]]
    advice = 'Search the logs for "status": 500 with that route, then for its request id.'
    yield judge("errors", "by route", number, f"{number} in the last two hours", advice, warn_at=1, fail_at=MANY_FAULTS, details=lines)


def _wrong() -> list[str]:
    is_https = settings.PUBLIC_URL.startswith("https://")
    found = {
        "DEBUG is on": settings.DEBUG,
        "ALLOWED_HOSTS lets every host in": "*" in settings.ALLOWED_HOSTS,
        "PUBLIC_URL is not https: cookies and HSTS are off": not is_https and not settings.EMBEDDED,
        "TRUSTED_PROXIES is 0 behind https: every client may count as one address": is_https and settings.TRUSTED_PROXIES == 0,
        "RATE_LIMIT_SCALE is not 1": settings.RATE_LIMIT_SCALE != 1 and not settings.EMBEDDED,
        "the sandbox bank takes payments": settings.PAYMENT_GATEWAY == "sandbox" and is_https,
    }
    return [words for words, is_so in found.items() if is_so]
