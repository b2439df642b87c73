"""Structured logs: one JSON object a line, each with the id of its request and nothing personal or secret."""

from __future__ import annotations

import logging
import logging.config
import re
from functools import lru_cache
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|otp|email|phone|recipient", re.IGNORECASE)
SECRET_WORDS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|\+\d{9,15}\b"  # a phone number
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a token of ours
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password of an address
    r"|(?i:bearer\s+)\S+"
    r"|(?<=Failing row contains \()[\s\S]*?(?=\)\.?\n|\)\.?$)"  # PostgreSQL shows the row that it refuses,
    r"|(?<=\)=\()[^\n]*(?=\) )"  # the key that is there already or is missing,
    r"|(?<=LINE \d: )[^\n]*"  # and the line it could not read, with the values in it
)
# One of these is in whatever SECRET_WORDS finds: looking for them first is ten times quicker, and this is done for every line.
SIGNS = ("@", "+", "eyJ", "earer", "EARER", "row contains", ")=(", "LINE ")
HIDDEN = "***"
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, level: str, as_json: bool) -> None:
    """Send structlog and the standard library's loggers through one formatter to standard error."""
    last: list[Processor] = [hide_secrets, structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "aqad": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        *last,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "aqad"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "django.request": {"level": "ERROR"},
                "celery.app.trace": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def hide_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Nothing of a line names a secret or a person's data, not even the text of an error or the address that Django tells of."""
    hidden: EventDict = scrub(event)
    if hidden.get("logger") == "django.request":  # "Internal Server Error: /vendor/application/<somebody's key>"
        hidden["event"] = str(hidden["event"]).partition(": ")[0]
    return hidden


def scrub(value: Any) -> Any:
    """The same, without the values of keys that name a secret or a person's data, and without words that look like one."""
    if isinstance(value, str):
        return SECRET_WORDS.sub(HIDDEN, value) if any(sign in value for sign in SIGNS) else value
    if isinstance(value, dict):
        return {key: HIDDEN if held and _is_secret(str(key)) else scrub(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(one) for one in value]
    return value


@lru_cache(maxsize=512)
def _is_secret(key: str) -> bool:
    return SECRET_KEYS.search(key) is not None
