"""Limits before anything else is done; no session of a company that was shut out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from aqad.accounts.authentication import (
    bearer_claims,
    family_of_session,
    is_signed_for,
    may_act,
    name_in_logs,
    note_seen,
    owes_second_factor,
    shows_token,
)
from aqad.accounts.models import User
from aqad.core import limits
from aqad.core.errors import RateLimited
from aqad.core.handler import is_api
from aqad.core.pages import too_many_requests

Next = Callable[[HttpRequest], HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_KNOWN = "aqad.session"
SET_UP = "/account/second-factor"
BEFORE_A_SECOND_FACTOR = (SET_UP, "/sign-out")
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
        claims = bearer_claims(request.META)
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
    if not key:
        return None
    session = SessionStore(key)
    user_id: str | None = session.get(SESSION_KEY)
    if user_id is not None:
        session.accessed = False  # by no view yet
        request.META[SESSION_KNOWN] = session
    return user_id


class ForBrowsers(MiddlewareMixin):
    """A hop that only a browser needs: who shows a bearer token has no session, and no page that tells of anything."""

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if _is_for_a_token(request) else super().__call__(request)


class AuthenticationMiddleware(ForBrowsers, DjangoAuthenticationMiddleware):
    """Django's."""


class MessageMiddleware(ForBrowsers, DjangoMessageMiddleware):
    """Django's."""


class SessionMiddleware(ForBrowsers, DjangoSessionMiddleware):
    """Django's, with the session that the limits have read already.

    One that is over is left to Django, which deletes its cookie only where somebody asks for the session.
    """

    def process_request(self, request: HttpRequest) -> None:
        if SESSION_KNOWN in request.META:
            request.session = request.META[SESSION_KNOWN]
        else:
            super().process_request(request)


class SessionCompanyMiddleware:
    """A session ends at once when it was ended elsewhere, or when its person or company may no longer act.

    Staff who must have a second factor and have none get no further than the page where it is set up.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not _is_for_a_token(request):
            family = family_of_session(request)
            if family is not None and is_signed_for(request, family.user):
                request.user = family.user
            # Otherwise Django looks, which knows older keys, too.
            if isinstance(request.user, User):
                if family is None or not may_act(request.user):
                    logout(request)
                    request.user = AnonymousUser()
                else:
                    request.user.family = family
                    name_in_logs(request.user.pk, request.user.company_reference)
                    note_seen(family.pk, family.seen_at)
                    if _is_to_be_led(request, request.user):
                        return HttpResponseRedirect(f"{SET_UP}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def _is_for_a_token(request: HttpRequest) -> bool:
    return is_api(request) and shows_token(request.META)


def _is_to_be_led(request: HttpRequest, user: User) -> bool:
    """The API refuses by itself."""
    return owes_second_factor(user) and not is_api(request) and not request.path_info.startswith(BEFORE_A_SECOND_FACTOR)
