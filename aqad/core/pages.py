"""Error answers outside a view: JSON under /api, a helpful page elsewhere. Nothing internal is ever shown.

429, 500 and 503 are rendered without the request: neither database nor session is asked, since they may be what is away, and the
limits refuse before anybody knows who is calling.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from aqad.core import clock, errors
from aqad.core.handler import as_http, as_refusal, describe, is_api
from aqad.core.middleware import request_id
from aqad.core.rendering import dump

PAGES = frozenset({403, 404, 429, 503})
UNREADABLE = frozenset({400, 405, 406, 413, 415})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, errors.NotFound())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, errors.Malformed())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, errors.Forbidden())


def too_many_requests(request: HttpRequest, refusal: errors.RateLimited) -> HttpResponse:
    return _answer(request, refusal)


def csrf_failure(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    if is_api(request):
        return as_http(errors.Forbidden("The CSRF token is missing or wrong."))
    return render(request, "core/403.html", {"is_form_too_old": True}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """For the exception that is being handled. A database that is away is no defect of ours: it is told as 503, as in the API."""
    error = sys.exc_info()[1]
    refusal = as_refusal(error) if isinstance(error, Exception) else None
    if isinstance(refusal, errors.Unavailable):
        return _answer(request, refusal)
    if is_api(request):
        body = {"success": False, "code": "server_error", "message": "Something went wrong on our side."}
        return HttpResponse(dump(body), status=500, content_type="application/json")
    return HttpResponse(render_to_string("core/500.html", {"request_id": request_id(request)}), status=500)


def refused(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    """The page that tells of a refusal: what is wrong and what to do."""
    status, _body, headers = describe(refusal)
    template = f"core/{status}.html" if status in PAGES else "core/400.html"
    context: dict[str, Any] = {"message": refusal.message, "is_unreadable": status in UNREADABLE}
    if isinstance(refusal, errors.RateLimited):
        context |= {"wait": refusal.retry_after, "minutes": refusal.minutes, "until": clock.now() + timedelta(seconds=refusal.retry_after)}
    if status in {429, 503}:
        # A page that was only asked for can be asked for again by a link.
        again = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
        answer = HttpResponse(render_to_string(template, {**context, "again": again, "request_id": request_id(request)}), status=status)
    else:
        answer = render(request, template, context, status=status)
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def _answer(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    return as_http(refusal) if is_api(request) else refused(request, refusal)
