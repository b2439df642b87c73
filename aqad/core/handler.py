"""The one place that turns a refusal into HTTP, always in the contract's shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from aqad.core import errors
from aqad.core.parsing import TooLarge
from aqad.core.rendering import dump

log = structlog.get_logger(__name__)

STATUSES: list[tuple[type[errors.Refusal], int]] = [
    (TooLarge, 413),
    (errors.Malformed, 400),
    (errors.Unauthorized, 401),
    (errors.PaymentDeclined, 402),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.RateLimited, 429),
    (errors.Unavailable, 503),
    (errors.Refusal, 409),
]
LOCK_SQLSTATES = {"55P03", "57014", "40P01", "40001"}  # lock_not_available, query_canceled, deadlock, serialization
MISSING_PARENT = "23503"  # foreign_key_violation
SECONDS_TO_WAIT = 2
# What people call a field whose name says less.
LABELS = {"line1": gettext_lazy("Street and building"), "trn": gettext_lazy("TRN")}


def answer_exception(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None means 500: the exception goes on to the log and to `pages.server_error`."""
    refusal = as_refusal(error)
    if refusal is None:
        return None
    status, body, headers = describe(refusal)
    if isinstance(error, exceptions.MethodNotAllowed):
        view = context.get("view")
        headers["Allow"] = ", ".join(getattr(view, "allowed_methods", []))
    return Response(body, status=status, headers=headers)


def as_http(refusal: errors.Refusal) -> HttpResponse:
    """The same answer outside DRF: middleware and error pages."""
    status, body, headers = describe(refusal)
    return HttpResponse(dump(body), status=status, headers=headers, content_type="application/json")


def describe(refusal: errors.Refusal) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers of a refusal."""
    status = refusal.http_status or next(number for kind, number in STATUSES if isinstance(refusal, kind))
    body: dict[str, Any] = {"success": False, "code": refusal.code, "message": str(refusal.message), **refusal.facts}
    headers: dict[str, str] = {}
    if isinstance(refusal, errors.Invalid) and refusal.errors:
        body["errors"] = {name: [str(word) for word in words] for name, words in refusal.errors.items()}
    if isinstance(refusal, errors.RateLimited):
        body["retryAfter"] = refusal.retry_after
        headers = {
            "Retry-After": str(refusal.retry_after),
            "RateLimit-Limit": str(refusal.limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(refusal.retry_after),
        }
    if status == 503:
        headers["Retry-After"] = str(SECONDS_TO_WAIT)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="aqad"'
    return status, body, headers


def as_refusal(error: Exception) -> errors.Refusal | None:
    """The refusal that an exception stands for, or None for a defect of ours."""
    if isinstance(error, errors.Refusal):
        return error
    if isinstance(error, exceptions.ValidationError):
        return invalid(error)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return errors.Unauthorized()
    if isinstance(error, exceptions.PermissionDenied | PermissionDenied):
        return errors.Forbidden()
    if isinstance(error, exceptions.NotFound | Http404):
        return errors.NotFound()
    if isinstance(error, exceptions.ParseError | UnreadablePostError | DisallowedHost):
        return errors.Malformed()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, exceptions.MethodNotAllowed | exceptions.NotAcceptable | exceptions.UnsupportedMediaType):
        return _as_http_says(error)
    if isinstance(error, SuspiciousOperation):
        return errors.Malformed()
    if isinstance(error, OperationalError | InterfaceError):
        return _unavailable(error)
    if isinstance(error, IntegrityError) and getattr(error.__cause__, "sqlstate", None) == MISSING_PARENT:
        # PostgreSQL checks foreign keys at the commit: what this points to was deleted while it was being written.
        return errors.Conflict(_("Something that this belongs to was deleted meanwhile. Please look again."))
    return None


def invalid(error: exceptions.ValidationError) -> errors.Invalid:
    """Field errors as flat lists; the message is the first wrong value's, else the first missing field's."""
    found = list(_flatten(error.detail))
    fields: errors.FieldErrors = {}
    for name, detail in found:
        fields.setdefault(name, []).append(_sentence(name, detail))
    wrong = next((_sentence(name, detail) for name, detail in found if detail.code != "required"), None)
    missing = next((_sentence(name, detail) for name, detail in found), None)
    return errors.Invalid(fields, message=wrong or missing)


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _flatten(detail: Any, path: str = "") -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    if isinstance(detail, Mapping):
        for name, value in detail.items():
            is_about_the_whole = path and name == "non_field_errors"
            yield from _flatten(value, path if is_about_the_whole else f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for number, value in enumerate(detail):
            yield from _flatten(value, path if isinstance(value, exceptions.ErrorDetail) else f"{path}.{number}" if path else str(number))
    else:
        yield path or "body", detail


def _sentence(name: str, detail: exceptions.ErrorDetail) -> str:
    """`company_name`, required → `Company name is required.`"""
    last = name.rsplit(".", 1)[-1]
    label = LABELS.get(last) or last.replace("_", " ").capitalize()
    if detail.code in {"required", "blank", "null"} and not str(detail).startswith(_("Invalid")):
        return _("%(label)s is required.") % {"label": label}
    return str(detail)


def _as_http_says(error: exceptions.APIException) -> errors.Refusal:
    refusal = errors.Refusal(str(error.detail), code=str(error.default_code))
    refusal.code = {405: "method_not_allowed", 406: "not_acceptable", 415: "unsupported_media_type"}[error.status_code]
    refusal.http_status = error.status_code
    return refusal


def _unavailable(error: Exception) -> errors.Unavailable:
    state = getattr(error.__cause__, "sqlstate", None)
    log.warning(
        "database_unavailable", sqlstate=state, lock=state in LOCK_SQLSTATES, error=type(error).__name__, embedded=settings.EMBEDDED
    )
    return errors.Unavailable()
