"""JSON answers in UTF-8, by orjson; money and other decimals as strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None) -> bytes:
        return b"" if data is None else dump(data)


class Negotiation(DefaultContentNegotiation):
    """DRF's, which is not asked where there is nothing to choose: the caller takes anything, or the one thing that there is."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first, *others = renderers
        if not others and not format_suffix and request.META.get("HTTP_ACCEPT", "*/*") in {"*/*", first.media_type}:
            return first, first.media_type
        return super().select_renderer(request, [first, *others], format_suffix)


def dump(data: Any) -> bytes:
    """`data` as compact JSON bytes; half a character that a client sent (a lone surrogate, which no UTF-8 can say) comes as `?`."""
    try:
        return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return orjson.dumps(_sayable(data), default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _sayable(value: Any) -> Any:
    if isinstance(value, str | Promise):
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_sayable(key): _sayable(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_sayable(each) for each in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
