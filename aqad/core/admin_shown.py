"""How the back office's pages show things: tables beside a row, links from one row to another, states in their colours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aqad.core.admin import Offer
from aqad.core.errors import Words

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Row:
    cells: Sequence[Any]
    offers: Sequence[Offer] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table beside the row's own fields (`admin/_table.html`)."""

    title: Words
    headings: Sequence[Words]
    rows: Sequence[Row] = field(default_factory=list)


def page_of(row: Model) -> str:
    """The address of the row's page in the back office."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])


def link_to(row: Model | None, words: Any = "") -> str | SafeString:
    """`V1001`, or `words`, leading to the row's page."""
    return NOTHING if row is None else format_html('<a href="{}"><bdi>{}</bdi></a>', page_of(row), words or row)


def state_of(row: Any, name: str = "status") -> SafeString:
    """The state in words and in its colour."""
    return format_html('<span class="state {}">{}</span>', getattr(row, name), getattr(row, f"get_{name}_display")())


def facts(value: Any) -> SafeString:
    """JSON as people read it."""
    return format_html('<pre class="facts">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))
