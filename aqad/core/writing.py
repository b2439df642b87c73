"""Writing many rows of several tables at once: their numbers are drawn first, so that one row can name another before either is there.

On PostgreSQL both are one statement each, whatever the number of rows and tables; elsewhere one statement per table. Models that are
written here fill their fields themselves: nothing is asked of `pre_save`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model

from aqad.core.rendering import dump
from aqad.core.statements import ask

Numbers = dict[type[Model], list[int]]
Shape = tuple[type[Model], bool]  # a model, and whether its rows know their primary keys


def draw(wanted: Mapping[type[Model], int]) -> Numbers:
    """So many new primary keys of each model, ascending. Call in the transaction of `insert`, and insert before drawing again.

    On PostgreSQL those that are not used leave gaps; SQLite gives them out once more.
    """
    if connection.vendor == "postgresql":
        return _draw_from_sequences(wanted)
    return {model: _draw_after_the_last(model, count) for model, count in wanted.items()}


def insert(rows: Sequence[Model]) -> None:
    """Insert rows under their primary keys; a model whose rows bear none has them made by the database, unseen.

    Raises IntegrityError like any insert, and then none is there.
    """
    of_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        of_model.setdefault(type(row), []).append(row)
    if connection.vendor == "postgresql":
        _insert_together(of_model)
    else:
        with transaction.atomic(savepoint=False):
            for model, its_rows in of_model.items():
                _insert_alike(model, its_rows)
    alias = connection.alias
    for row in rows:
        row._state.adding, row._state.db = False, alias


def _insert_alike(model: type[Model], rows: Sequence[Model]) -> None:
    """Its words are known, so that Django need not put them together for each row anew."""
    shape = model, rows[0].pk is not None
    fields = _fields(*shape)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(_words_alike(shape), values)


@cache
def _words_alike(shape: Shape) -> str:
    names = [connection.ops.quote_name(column) for column, _ in _columns(*shape)]
    table = connection.ops.quote_name(shape[0]._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608


def _insert_together(of_model: Mapping[type[Model], Sequence[Model]]) -> None:
    """Each table's rows travel as one JSON document, which PostgreSQL takes apart into the types of its columns."""
    shapes = tuple((model, rows[0].pk is not None) for model, rows in of_model.items())
    documents = [
        dump([{column: getattr(row, name) for column, name in _columns(*shape)} for row in of_model[shape[0]]]).decode() for shape in shapes
    ]
    ask(_words(shapes), documents)


@cache
def _words(shapes: tuple[Shape, ...]) -> str:
    """The statement for these tables. Columns are named, so that one that a newer release has added gets its default."""
    parts = []
    for number, (model, has_keys) in enumerate(shapes):
        table = connection.ops.quote_name(model._meta.db_table)
        columns = ", ".join(connection.ops.quote_name(column) for column, _ in _columns(model, has_keys))
        source = f"json_populate_recordset(NULL::{table}, %s::json)"
        parts.append(f"part{number} AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM {source})")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT 1"


@cache
def _columns(model: type[Model], has_keys: bool) -> tuple[tuple[str, str], ...]:
    """Columns, and what the row's object calls them."""
    return tuple((str(field.column), field.attname) for field in _fields(model, has_keys))


@cache
def _fields(model: type[Model], has_keys: bool) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if has_keys or not field.primary_key)


def _draw_from_sequences(wanted: Mapping[type[Model], int]) -> Numbers:
    drawn: Numbers = {model: [] for model in wanted}
    models = list(wanted)
    parts = [f"SELECT {place}, nextval('{_sequence(model)}') FROM generate_series(1, %s)" for place, model in enumerate(models)]  # noqa: S608
    for place, number in ask(" UNION ALL ".join(parts), list(wanted.values())):
        drawn[models[place]].append(number)
    return drawn


@cache
def _sequence(model: type[Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])
        return str(cursor.fetchone()[0])


def _draw_after_the_last(model: type[Model], count: int) -> list[int]:
    """SQLite's counter of AUTOINCREMENT; nobody else can draw, since a transaction is the only one that writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        row = cursor.fetchone()
    last = row[0] if row else 0
    return list(range(last + 1, last + 1 + count))
