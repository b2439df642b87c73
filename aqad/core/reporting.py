"""Sentry, where SENTRY_DSN names a project: errors go there without anybody's data, scrubbed by the same list as the logs.

Nothing is imported where the setting is empty.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from aqad.core.logs import scrub

# Never told: who it was, what a request held, what was done before. What a thing is about stands in the log under the request's id.
UNTOLD = frozenset({"user", "breadcrumbs", "request", "server_name"})


def start() -> None:
    """Called once when a process starts."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.RELEASE_ID or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_personal_data,
    )


def without_personal_data(event: Any, hint: Any) -> Any:
    """The event as it may leave the house: error, place, route, release, and what our own log line would have said."""
    told = {key: value for key, value in event.items() if key not in UNTOLD}
    record = hint.get("log_record")
    if record is not None and isinstance(record.msg, dict):  # structlog hands its words over as a dictionary
        told["logentry"] = {"message": str(record.msg.get("event", ""))}
        told["extra"] = {key: value for key, value in record.msg.items() if key not in {"event", "exc_info"}}
    return scrub(told)
