"""Django's `url`, with what it found remembered: a list of fifty orders asks for the same address fifty times, but for the order."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

register = template.Library()
PLAIN = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)  # stands in an address as it is
MARKS = ("aQ0mark0Qa", "aQ1mark1Qa", "aQ2mark2Qa")


class FoundBefore(Node):
    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node = node

    def render(self, context: Context) -> Any:
        values = [str(value.resolve(context)) for value in self.node.args]
        if all(map(PLAIN.fullmatch, values)):
            request = getattr(context, "request", None)
            current = getattr(request, "current_app", None) or getattr(getattr(request, "resolver_match", None), "namespace", None)
            parts = _parts(self.node.view_name.resolve(context), len(values), current, get_script_prefix(), get_urlconf())
            if parts is not None:
                return "".join(part for pair in zip(parts, [*values, ""], strict=True) for part in pair)
        return self.node.render(context)


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = django_url(parser, token)
    return node if node.asvar or node.kwargs or len(node.args) > len(MARKS) else FoundBefore(node)


@lru_cache(maxsize=1024)
def _parts(name: str, count: int, current: str | None, prefix: str, urlconf: str | None) -> tuple[str, ...] | None:
    """The address cut where its values stand; None where only certain values fit, such as numbers."""
    marks = MARKS[:count]
    try:
        address = reverse(name, args=marks, current_app=current)
    except NoReverseMatch:
        return None
    parts, rest = [], address
    for mark in marks:
        part, found, rest = rest.partition(mark)
        if not found:
            return None
        parts.append(part)
    return (*parts, rest)
