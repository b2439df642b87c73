"""Every address that the application answers, read from the URL table itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

Operation = tuple[str, str]  # ("POST", "orders/<str:reference>/accept"), the path below /api/


def api_operations() -> set[Operation]:
    """Each method of each route below /api/, from the views' action maps; the document and its page have GET alone."""
    return {
        (method.upper(), path.removeprefix("api/"))
        for path, view in _walk(get_resolver().url_patterns)
        if path.startswith("api/")
        for method in getattr(view, "actions", None) or {"get": ""}
        if method != "head"  # a view learns this one by itself as soon as it is called
    }


def api_views() -> list[Any]:
    return [view for path, view in _walk(get_resolver().url_patterns) if path.startswith("api/")]


def page_operations() -> set[Operation]:
    """Each method of each page made of a door."""
    return {
        (method.upper(), path)
        for path, view in _walk(get_resolver().url_patterns)
        if not path.startswith("api/")
        for method in getattr(view, "actions", None) or {}
        if method != "head"
    }


def pages() -> set[str]:
    """Every other route; the back office counts as one."""
    return {path for path, view in _walk(get_resolver().url_patterns) if not path.startswith("api/") and not getattr(view, "actions", None)}


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if path == "admin/":
            yield path, None
        elif isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path, pattern.callback
