"""Rate limits, counted by django-ratelimit in the cache. The address is the true client's (`TRUSTED_PROXIES`)."""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from aqad.core import metrics
from aqad.core.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Limit:
    """`calls` in `seconds`, counted per group and key; RATE_LIMIT_SCALE multiplies the calls.

    A wide one keeps crowds away, not guesses: far from it, a crowd is counted together (counters.py).
    """

    group: str
    calls: int
    seconds: int = 60
    is_wide: bool = False

    @property
    def scaled(self) -> int:
        return max(1, round(self.calls * settings.RATE_LIMIT_SCALE))


class Wide(threading.local):
    """How many calls the limit allows that this thread counts for, where the others may hear of them soon; 0 where at once."""

    calls = 0


@dataclass(frozen=True, slots=True)
class Usage:
    limit: int
    remaining: int
    reset: int


wide = Wide()
ANONYMOUS = Limit("anonymous", 100, is_wide=True)
SIGNED_IN = Limit("signed_in", 600, is_wide=True)
REGISTRATION = Limit("registration", 20, 3600)
REFRESH = Limit("refresh", 30)
PASSWORD_RESET = Limit("password_reset", 5, 3600)
PAYMENT_CONFIRM = Limit("payment_confirm", 10)
UPLOADS = Limit("uploads", 60, 3600)

# Stored public pages cost nothing; whoever makes the server build one calls hit(ANONYMOUS, ...) there.
COUNTED_ON_A_MISS = frozenset({"/api/products", "/api/categories", "/api/brands", "/", "/products"})
COUNTED_ON_A_MISS_BELOW = ("/vendors/",)
# Whether the middleware has counted this request already.
COUNTED_KEY = "aqad.counted"


def is_counted_on_a_miss(path: str) -> bool:
    return path in COUNTED_ON_A_MISS or path.startswith(COUNTED_ON_A_MISS_BELOW)


def hit(limit: Limit, key: str, request: HttpRequest | None = None) -> Usage:
    """Count one call. Raises RateLimited when it was one too many. While Redis is away each process counts by itself."""
    if not settings.RATELIMIT_ENABLE:
        return Usage(limit.scaled, limit.scaled, limit.seconds)
    wide.calls = limit.scaled if limit.is_wide else 0
    usage = get_usage(
        request or HttpRequest(),
        group=f"aqad.{limit.group}",
        key=lambda _group, _request: key,
        rate=f"{limit.scaled}/{limit.seconds}s",
        increment=True,
    )
    if usage is None:
        return Usage(limit.scaled, limit.scaled, limit.seconds)
    if usage["should_limit"]:
        metrics.REFUSED.labels(limit.group).inc()
        raise RateLimited(retry_after=int(usage["time_left"]), limit=limit.scaled)
    return Usage(limit.scaled, max(0, limit.scaled - int(usage["count"])), int(usage["time_left"]))


def client_address(request: HttpRequest) -> str:
    """The client's address: the n-th from the right of X-Forwarded-For behind n trusted proxies, else the peer's."""
    peer = str(request.META.get("REMOTE_ADDR", "")) or "0.0.0.0"  # noqa: S104  (a stand-in for "unknown", nothing is bound)
    if not settings.TRUSTED_PROXIES:
        return peer
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if len(forwarded) < settings.TRUSTED_PROXIES:
        return peer
    try:
        return str(ipaddress.ip_address(forwarded[-settings.TRUSTED_PROXIES]))
    except ValueError:
        return peer


def address_key(request: HttpRequest) -> str:
    """The address to count by: an IPv6 client is its /64 network."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
