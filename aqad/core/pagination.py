"""Lists: pages for people (to 1,000 rows deep), keyset cursors for machines (without end), counts that stop at 1,000."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from aqad.core.errors import FieldErrors, Invalid
from aqad.core.prepared import Prepared
from aqad.core.rendering import dump

DEFAULT_LIMIT, LARGEST_LIMIT, DEEPEST_ROW = 20, 100, 1000
PAGING = frozenset({"page", "limit", "cursor"})


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is wanted: `page` from 1, or what follows `cursor`."""

    page: int
    limit: int
    cursor: str | None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


class FirstPage:
    """The first page of a list as nearly everybody asks for it, in two questions that are in words already.

    `build(*values)` makes the list's rows, unordered; the way to them must not hang on the values.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], *, order: tuple[str, ...] = ("-pk",)) -> None:
        self._rows = Prepared(lambda *values: build(*values).order_by(*order)[: DEFAULT_LIMIT + 1])
        self._counted = Prepared(lambda *values: build(*values).order_by().values("pk")[: DEEPEST_ROW + 1])

    def of(self, *values: Any) -> Listed:
        return Listed(self._rows.all(*values), self._counted.count(*values))


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a first page, one more than it holds if there are more, and how many there are in all, counted no further than 1,001."""

    rows: list[Any]
    counted: int


def read_window(query: QueryDict | Mapping[str, str]) -> Window:
    """Raises Invalid for a page, limit or cursor that cannot be."""
    wrong: FieldErrors = {}
    page = _whole(query.get("page"), 1, 10**9, "page", wrong, default=1)
    limit = _whole(query.get("limit"), 1, LARGEST_LIMIT, "limit", wrong, default=DEFAULT_LIMIT)
    cursor = query.get("cursor")
    if cursor is not None and query.get("page") is not None:
        wrong["cursor"] = [_("Give either page or cursor, not both.")]
    if not wrong and (page - 1) * limit >= DEEPEST_ROW:
        wrong["page"] = [_("Pages reach 1,000 rows deep; read on with cursor, the value of next.")]
    if wrong:
        raise Invalid(wrong)
    return Window(page, limit, cursor)


def refuse_unknown(query: QueryDict | Mapping[str, str], known: Iterable[str], *, paged: bool = True) -> None:
    """Raises Invalid naming every query parameter that is not known, and every one that stands twice."""
    allowed = {*known, *(PAGING if paged else ())}
    wrong: FieldErrors = {name: [_("Unknown parameter.")] for name in query if name not in allowed}
    if isinstance(query, QueryDict):
        wrong.update({name: [_("Give this parameter once.")] for name, values in query.lists() if len(values) > 1 and name in allowed})
    if wrong:
        raise Invalid(wrong)


def paginate(
    rows: QuerySet[Any] | Listed, query: QueryDict | Mapping[str, str], *, order: tuple[str, ...], show: Callable[[list[Any]], Any]
) -> dict[str, Any]:
    """One page of `rows` in the contract's shape.

    `order` names the fields to sort by, "-" for descending; the last one must be unique. Rows are model instances or `values()`
    dicts that hold these fields, or a first page's if `query` asks for that. `show` turns the page's rows into what is answered.
    Raises Invalid.
    """
    window = read_window(query)
    found = rows if isinstance(rows, Listed) else _read(rows, window, order)
    shown = found.rows[: window.limit]
    more = len(found.rows) > window.limit
    return envelope(show(shown), window, counted=found.counted, next_cursor=encode_cursor(shown[-1], order) if more else None)


def _read(rows: QuerySet[Any], window: Window, order: tuple[str, ...]) -> Listed:
    ordered = rows.order_by(*order)
    if window.cursor is not None:
        page_rows = ordered.filter(behind(order, place_of(rows.model, order, window.cursor)))[: window.limit + 1]
    else:
        page_rows = ordered[window.offset : window.offset + window.limit + 1]
    return Listed(list(page_rows), rows.order_by().values_list("pk", flat=True)[: DEEPEST_ROW + 1].count())


def envelope(results: Any, window: Window, *, counted: int, next_cursor: str | None) -> dict[str, Any]:
    """`counted` is the number of rows, counted no further than 1,001."""
    total = min(counted, DEEPEST_ROW)
    return {
        "results": results,
        "pagination": {
            "page": window.page,
            "limit": window.limit,
            "total": total,
            "pages": -(-total // window.limit),
            "total_is_exact": counted <= DEEPEST_ROW,
            "next": next_cursor,
        },
    }


def encode_cursor(row: Any, order: tuple[str, ...]) -> str:
    """Where `row` stands in a list sorted by `order`, as an opaque word."""
    values = [_value(row, field.lstrip("-")) for field in order]
    return base64.urlsafe_b64encode(_tag(order) + dump(values)).rstrip(b"=").decode()


def decode_cursor(cursor: str, order: tuple[str, ...]) -> list[Any]:
    """Raises Invalid for a cursor that is broken or of a list sorted otherwise."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        values = orjson.loads(raw[4:])
    except (ValueError, UnicodeEncodeError, binascii.Error):
        raise bad_cursor() from None
    if (
        raw[:4] != _tag(order)
        or not isinstance(values, list)
        or len(values) != len(order)
        or any(isinstance(v, list | dict) for v in values)
    ):
        raise bad_cursor()
    return values


def bad_cursor() -> Invalid:
    return Invalid({"cursor": [_("This cursor cannot be used; start again without it.")]})


def place_of(model: type[Model], order: tuple[str, ...], cursor: str) -> list[Any]:
    """The values at which the cursor stands, by the fields of `order`. Raises Invalid."""
    values = decode_cursor(cursor, order)
    try:
        typed = [_field(model, name.lstrip("-")).to_python(value) for name, value in zip(order, values, strict=True)]
    except (ValidationError, FieldError, ValueError, TypeError, OverflowError):
        raise bad_cursor() from None
    if any(value is None for value in typed):
        raise bad_cursor()
    return typed


def behind(order: tuple[str, ...], place: Sequence[Any]) -> Q:
    """Rows behind that place: (a, b) > (x, y) spelt out, since the fields may run in different directions."""
    condition, equal = Q(), Q()
    for name, value in zip(order, place, strict=True):
        field = name.lstrip("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition


def _field(model: type[Model], path: str) -> Any:
    *parents, last = path.split("__")
    for parent in parents:
        related = model._meta.get_field(parent).related_model
        if not isinstance(related, type):
            raise FieldError(path)
        model = related
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _value(row: Any, path: str) -> Any:
    if isinstance(row, Mapping):
        return row["id" if path == "pk" else path]
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _tag(order: tuple[str, ...]) -> bytes:
    return hashlib.sha256(",".join(order).encode()).digest()[:4]


def _whole(value: str | None, least: int, most: int, name: str, wrong: FieldErrors, *, default: int) -> int:
    if value is None:
        return default
    if value.isascii() and value.isdigit() and len(value) <= 10 and least <= int(value) <= most:
        return int(value)
    wrong[name] = [_("A whole number from %(least)s to %(most)s is expected.") % {"least": least, "most": most}]
    return default
