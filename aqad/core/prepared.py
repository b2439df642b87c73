"""Questions that are asked on every request: put into SQL once, answered often.

Putting a queryset into SQL costs Django several times what the database needs to answer it. A `Prepared` question does that once and
keeps the words; each time only the values are new. What comes back are the same objects, with what `select_related` named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections, router
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init, pre_init
from django.db.transaction import TransactionManagementError
from psycopg.sql import Literal

from aqad.core.statements import WRITER, ask

PART = """
    WITH found AS MATERIALIZED ({found}), counted AS (SELECT count(*) AS number FROM found)
    SELECT number, pk FROM counted LEFT JOIN (
        SELECT {names} FROM found WHERE (SELECT number FROM counted) <= {most} {behind} ORDER BY {order} LIMIT {limit} OFFSET {start}
    ) AS part ON true ORDER BY {order}
"""
R = TypeVar("R")  # what a row becomes: an object, or a dictionary where the queryset says `values()`
LISTS = (list, tuple)
Shape = tuple[type | tuple[type, int], ...]
# Of these psycopg gives the same values for binary answers, which it reads faster, as Django for text.
PLAIN_TYPES = frozenset(
    {"smallint", "integer", "bigint", "double precision", "boolean", "varchar", "text", "numeric", "uuid", "date"}
    | {"timestamp with time zone"}
)
FROM_DB: Any = vars(Model)["from_db"].__func__
FIRST_MARK, FIRST_AMOUNT = 2_100_000_000, 97_310_000  # fit 32 bits, and a price's eight digits; they are nobody's
FIRST_MOMENT = datetime(2399, 7, 3, 1, 2, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Words(Generic[R]):
    """One question in SQL, and how a row of its answer becomes an object."""

    sql: str
    fixed: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    read: Callable[[Sequence[Any]], R]
    converters: dict[Any, Any]
    compiler: Any
    model: Any
    are_values: bool
    locks: bool
    is_binary: bool


class Prepared(Generic[R]):
    """`build(*values)` makes the queryset. Objects come from the writer, as something is decided by them; `values()` from where reads go.

    A value is a number, an amount of two places, a UUID, a text, a moment, or for an `__in` a list of one of these. `planned_once` is for
    rows that are found in one way whatever the values, by their keys or in the order of an index: PostgreSQL need not plan each time anew.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]], *, planned_once: bool = True) -> None:
        self.build, self.planned_once = build, planned_once
        self._known: dict[Shape, _Words[R]] = {}

    def all(self, *values: Any) -> list[R]:
        """The rows that the queryset would hold, in its order; an empty list among the values finds none."""
        if [] in values or () in values:
            return []
        values = _filled_up(values)
        words = self._words(values)
        rows = self._ask(words, words.sql, values)
        if words.converters:
            rows = words.compiler.apply_converters(rows, words.converters)
        return [words.read(row) for row in rows]

    def first(self, *values: Any) -> R | None:
        found = self.all(*values)
        return found[0] if found else None

    def count(self, *values: Any) -> int:
        """How many rows there are, no more than the queryset is cut to."""
        if [] in values or () in values:
            return 0
        values = _filled_up(values)
        words = self._words(values)
        [[number]] = self._ask(words, f"SELECT COUNT(*) FROM ({words.sql}) AS counted", values)  # noqa: S608  (the ORM's own words)
        return int(number)

    def part(self, *values: Any, order: Sequence[str], place: Sequence[Any], window: slice, most: int) -> tuple[int, list[Any]]:
        """How many rows there are, and the keys of those in that window behind `place` (if there is one) in that order.

        For a queryset that is cut to a number one sorts at once, and gives `pk` and the other fields of the order, which all run in one
        direction. No key where there are more than `most` rows.
        """
        if [] in values or () in values:
            return 0, []
        values = _filled_up(values)
        words = self._words(values)
        is_down = order[0].startswith("-")
        names = [f'"{name.lstrip("-")}"' for name in order]
        marks = ", ".join(["%s"] * len(place))
        sql = PART.format(
            found=words.sql,
            names=", ".join(names),
            most=most,
            behind=f"AND ({', '.join(names)}) {'<' if is_down else '>'} ({marks})" if place else "",
            order=", ".join(f"{name} DESC" if is_down else name for name in names),
            limit=window.stop - window.start,
            start=window.start,
        )
        rows = self._ask(words, sql, values, more=place)
        return int(rows[0][0]), [key for _, key in rows if key is not None]

    def _words(self, values: Sequence[Any]) -> _Words[R]:
        shape: Shape = tuple([(type(value), len(value)) if isinstance(value, LISTS) else type(value) for value in values])
        words = self._known.get(shape)
        if words is None:
            marks = _marks(values)
            words = self._known[shape] = _put_into_words(self.build(*marks).using(WRITER), marks)
        return words

    def _ask(self, words: _Words[R], sql: str, values: Sequence[Any], *, more: Sequence[Any] = ()) -> list[Any]:
        alias = router.db_for_read(words.model) if words.are_values else WRITER
        if words.locks and not connections[alias].in_atomic_block:
            raise TransactionManagementError("A lock is held by a transaction, and none is open.")
        flat, params = _flat(values), list(words.fixed)
        for place, number in words.places:
            params[place] = _sent(flat[number])
        params += [_sent(value) for value in more]
        if self.planned_once:
            return ask(sql, params, alias=alias, is_binary=words.is_binary)
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())


def _put_into_words(queryset: QuerySet[Any, R], marks: Sequence[Any]) -> _Words[R]:
    """Raises ValueError for a queryset that does not use each of its values just as it was given."""
    compiler: Any = queryset.query.get_compiler(using=WRITER)
    sql, params = compiler.as_sql()
    numbers = {_sent(mark): number for number, mark in enumerate(_flat(marks))}
    places = tuple((place, numbers[param]) for place, param in enumerate(params) if _is_single(param) and param in numbers)
    if {number for _, number in places} != set(numbers.values()):
        raise ValueError("A prepared question must use every value as it is given.")
    if connections[WRITER].vendor == "postgresql":
        sql, params, places = _with_constants(sql, params, dict(places))
    are_values = not issubclass(queryset._iterable_class, ModelIterable)
    return _Words(
        sql=sql,
        fixed=tuple(params),
        places=places,
        read=_as_values(queryset.query)
        if are_values
        else _with_annotations(_as_objects(compiler.klass_info, compiler.select), compiler.annotation_col_map),
        converters=compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]]),
        compiler=compiler,
        model=queryset.model,
        are_values=are_values,
        locks=queryset.query.select_for_update,
        is_binary=all(_is_plain(column[0].output_field) for column in compiler.select),
    )


def _with_constants(sql: str, params: Sequence[Any], numbers: dict[int, int]) -> tuple[str, list[Any], tuple[tuple[int, int], ...]]:
    """The question with its texts and numbers that never change written out: a plan for all values may then rest on an index that
    holds only the rows with these."""
    first, *parts = sql.split("%s")
    words, kept, places = [first], list[Any](), list[tuple[int, int]]()
    for place, (param, part) in enumerate(zip(params, parts, strict=True)):
        if place not in numbers and isinstance(param, str | int):
            words.append(Literal(str(param) if isinstance(param, str) else param).as_string().replace("%", "%%"))
        else:
            if place in numbers:
                places.append((len(kept), numbers[place]))
            kept.append(param)
            words.append("%s")
        words.append(part)
    return "".join(words), kept, tuple(places)


def _is_plain(field: Any) -> bool:
    return (field.db_type(connections[WRITER]) or "").partition("(")[0] in PLAIN_TYPES


def _as_objects(info: Any, select: Any) -> Callable[[Sequence[Any]], Any]:
    """What Django's ModelIterable does for each row, and its RelatedPopulator for what `select_related` named: None where nothing is."""
    model, columns = info["model"], info["select_fields"]
    first, end = columns[0], columns[-1] + 1
    names = [column[0].target.attname for column in select[first:end]]
    key = first + names.index(model._meta.pk.attname)
    make = _maker(model, names)
    related = [(_as_objects(one, select), one["local_setter"], one["remote_setter"]) for one in info.get("related_klass_infos", ())]

    def read(row: Sequence[Any]) -> Any:
        if row[key] is None:
            return None
        found = make(row[first:end])
        for read_other, set_here, set_there in related:
            other = read_other(row)
            set_here(found, other)
            if other is not None:
                set_there(other, found)
        return found

    return read


def _with_annotations(read: Callable[[Sequence[Any]], Any], columns: dict[str, int]) -> Callable[[Sequence[Any]], Any]:
    """What `annotate` added becomes an attribute of each object."""
    if not columns:
        return read

    def read_all(row: Sequence[Any]) -> Any:
        found = read(row)
        found.__dict__.update({name: row[place] for name, place in columns.items()})
        return found

    return read_all


def _maker(model: Any, names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Makes an object of these values as `Model.from_db`, several times as fast: nobody else has a say in what a new object holds."""
    is_plain = model.__init__ is Model.__init__ and model.from_db.__func__ is FROM_DB
    if not is_plain or pre_init.has_listeners(model) or post_init.has_listeners(model):
        return partial(model.from_db, WRITER, names)

    def make(values: Sequence[Any]) -> Any:
        found = model.__new__(model)
        found._state = state = ModelState()
        state.adding, state.db = False, WRITER
        found.__dict__.update(zip(names, values, strict=True))
        return found

    return make


def _as_values(query: Any) -> Callable[[Sequence[Any]], Any]:
    """What Django's ValuesIterable does for each row."""
    names = list(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))
    return lambda row: dict(zip(names, row, strict=True))


def _marks(values: Sequence[Any]) -> list[Any]:
    """Values that stand for others while the queryset is put into words, no two alike."""
    marks: list[Any] = []
    number = 0
    for value in values:
        length = len(value) if isinstance(value, LISTS) else None
        made = [_mark(value if length is None else value[0], number + step) for step in range(1 if length is None else length)]
        marks.append(made[0] if length is None else made)
        number += len(made)
    return marks


def _mark(value: Any, number: int) -> Any:
    match value:
        case UUID():
            return UUID(int=FIRST_MARK + number)
        case Decimal():
            return Decimal(FIRST_AMOUNT + number) / 100
        case str():
            return str(FIRST_MARK + number)
        case datetime():
            return FIRST_MOMENT + timedelta(seconds=number)
    return FIRST_MARK + number


def _sent(value: Any) -> Any:
    """As the database is given it: SQLite knows neither UUIDs nor moments."""
    if isinstance(value, datetime):
        return connections[WRITER].ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) and not connections[WRITER].features.has_native_uuid_field else value


def _is_single(param: Any) -> bool:
    return isinstance(param, int | str | Decimal | UUID | datetime)


def _flat(values: Sequence[Any]) -> list[Any]:
    return [single for value in values for single in (value if isinstance(value, LISTS) else (value,))]


def _filled_up(values: Sequence[Any]) -> tuple[Any, ...]:
    """Lists get lengths of 1, 2, 4, 8, ... by their last value, said again: few lengths are few statements to put into words."""
    return tuple(
        [
            [*value, *value[-1:] * ((1 << (len(value) - 1).bit_length()) - len(value))] if isinstance(value, LISTS) else value
            for value in values
        ]
    )
