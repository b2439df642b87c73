"""The platform's hops on the way of a request: its id, its path, the headers that keep private pages private."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import structlog
from corsheaders import middleware as cors
from csp.middleware import CSPMiddleware
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from aqad.core import faults, ids, measuring, metrics, plans, tracing
from aqad.core.measuring import Work

log = structlog.get_logger("aqad.request")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
REQUEST_ID_KEY = "aqad.request_id"
QUIET = ("/healthz", "/readyz", "/metrics", "/static/", "/media/", "/favicon.ico")
JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"
PERMISSIONS = "accelerometer=(), camera=(self), geolocation=(self), gyroscope=(), magnetometer=(), microphone=(), payment=(self), usb=()"
Next = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Gives every request an id (the caller's if it has the right form), every answer and log line the same one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        known = given if REQUEST_ID.fullmatch(given) else ids.make()
        request.META[REQUEST_ID_KEY] = known
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=known)
        if request.path_info.startswith(QUIET):
            response = self.get_response(request)
        else:
            with tracing.span("request", parent=request.META.get("HTTP_TRACEPARENT"), is_entry=True) as span, measuring.measured() as work:
                response = self.get_response(request)
                _tell(request, response, work, span)
        response.headers["X-Request-ID"] = known
        return response


class TrailingSlashMiddleware:
    """`/api/orders/` answers like `/api/orders`: stripped before routing, never a redirect."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/") and request.path_info.endswith("/"):
            request.path_info = request.path_info.rstrip("/")
            request.path = request.path.rstrip("/")
        return self.get_response(request)


class PlainPathMiddleware:
    """An address that holds a NUL names nothing: no database can be asked for it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's policy for pages. JSON is no page: should it ever be shown as one, it may load nothing (OWASP's advice for APIs)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type") == "application/json":
            response.headers["Content-Security-Policy"] = JSON_POLICY
            return response
        return super().process_response(request, response)


class CorsMiddleware(cors.CorsMiddleware):
    """django-cors-headers'. A request that names no origin is no other site's: its answer need only say that others would differ."""

    def __call__(self, request: HttpRequest) -> Any:
        if "HTTP_ORIGIN" in request.META or request.method == "OPTIONS":
            return super().__call__(request)
        response = self.get_response(request)
        if self.is_enabled(request):
            patch_vary_headers(response, ("origin",))
        return response


class PrivacyHeadersMiddleware:
    """Nothing is stored anywhere unless the view said that it may be, and never with cookies; no device feature that we do not use."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.cookies:
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def _tell(request: HttpRequest, response: HttpResponseBase, work: Work, span: Any) -> None:
    """One line, one count and one span for each answer; who asked is in the line once it was known."""
    method, status = str(request.method), response.status_code
    route = route_of(request)
    log.info(
        "request",
        method=method,
        route=route,
        status=status,
        ms=work.milliseconds,
        queries=work.queries,
        query_ms=work.query_milliseconds,
    )
    metrics.count_request(method=method, route=route, status=status, seconds=work.milliseconds / 1000, queries=work.queries)
    tracing.note_answer(span, method=method, route=route, status=status)
    if status >= 500:
        faults.note(route)
    if work.slowest:
        plans.look_up_soon(work.slowest)


def route_of(request: HttpRequest) -> str:
    """`api/orders/<str:reference>`: the address as our own table has it, never as it was asked."""
    return request.resolver_match.route or metrics.HOME if request.resolver_match else metrics.NO_ROUTE


def request_id(request: HttpRequest) -> str:
    return str(request.META.get(REQUEST_ID_KEY, ""))
