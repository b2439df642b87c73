"""Limits before anything else is done; no session of a company that was shut out."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cached_db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from aqad.accounts import tokens
from aqad.accounts.authentication import may_act, name_in_logs
from aqad.accounts.models import User
from aqad.core import limits
from aqad.core.errors import RateLimited
from aqad.core.pages import too_many_requests

Next = Callable[[HttpRequest], HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FREE = ("/static/", "/media/", "/healthz", "/readyz", "/metrics", "/favicon.ico")


class RateLimitMiddleware:
    """Signed-in people are counted by user, everybody else by address. A token's signature is checked here, its rights later."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(FREE) or "/webhooks/" in request.path_info or request.method == "OPTIONS":
            return self.get_response(request)
        try:
            usage = self._count(request)
        except RateLimited as refusal:
            return too_many_requests(request, refusal)
        request.META[limits.COUNTED_KEY] = usage is not None
        response = self.get_response(request)
        if usage is not None and "RateLimit-Limit" not in response.headers:
            response.headers["RateLimit-Limit"] = str(usage.limit)
            response.headers["RateLimit-Remaining"] = str(usage.remaining)
            response.headers["RateLimit-Reset"] = str(usage.reset)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page's sign-in (the admin's form) that is above the limits."""
        return too_many_requests(request, exception) if isinstance(exception, RateLimited) else None

    def _count(self, request: HttpRequest) -> limits.Usage | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        claims = tokens.read_access(token.strip()) if scheme.lower() == "bearer" else None
        if claims is not None:
            return limits.hit(limits.SIGNED_IN, f"user:{claims.user_id}", request)
        user_id = _session_user(request)
        if user_id is not None:
            return limits.hit(limits.SIGNED_IN, f"user:{user_id}", request)
        if request.method in SAFE and limits.is_counted_on_a_miss(request.path_info):
            return None
        return limits.hit(limits.ANONYMOUS, f"address:{limits.address_key(request)}", request)


def _session_user(request: HttpRequest) -> str | None:
    """The user of a session that exists; a made-up cookie does not escape its address's limit."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return SessionStore(key).get(SESSION_KEY) if key else None


class SessionCompanyMiddleware:
    """A session ends at once when its person or company may no longer act."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            if may_act(request.user):
                name_in_logs(request.user)
            else:
                logout(request)
                request.user = AnonymousUser()
        return self.get_response(request)
