"""For migrations: indexes of a table that is in use, which on PostgreSQL are built and dropped while everybody writes on.

A migration of these must not be atomic. What an interrupted one built is not valid: whatever is built is dropped before, if it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import migrations, models


def with_index(model: str, index: models.Index, *, app: str) -> migrations.SeparateDatabaseAndState:
    """Build `index`."""
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AddIndex(model, index)],
        database_operations=[migrations.RunPython(_builder(model, index, app), _dropper(model, index, app))],
    )


def without_index(model: str, index: models.Index, *, app: str) -> migrations.SeparateDatabaseAndState:
    """Drop `index`."""
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveIndex(model, index.name)],
        database_operations=[migrations.RunPython(_dropper(model, index, app), _builder(model, index, app))],
    )


def without_own_index(model: str, name: str, field: models.Field[Any, Any], *, app: str) -> migrations.SeparateDatabaseAndState:
    """Take away what Django indexes by itself: a foreign key once, a slug twice. `field` is as it is now, with `db_index=False`."""

    def drop(apps: Any, editor: Any) -> None:
        for index in _own_indexes(apps.get_model(app, model), name, editor):
            concurrently = "CONCURRENTLY" if _aside(editor) else ""
            editor.execute(f"DROP INDEX {concurrently} IF EXISTS {editor.quote_name(index)}")

    def build(apps: Any, editor: Any) -> None:
        drop(apps, editor)
        table = apps.get_model(app, model)
        own = table._meta.get_field(name)
        editor.execute(editor._create_index_sql(table, fields=[own], **_aside(editor)))
        if isinstance(own, models.CharField) and _aside(editor):  # as Django does, for what begins with something
            like = {"suffix": "_like", "opclasses": ["varchar_pattern_ops"]}
            editor.execute(editor._create_index_sql(table, fields=[own], **like, **_aside(editor)))

    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AlterField(model, name, field)], database_operations=[migrations.RunPython(drop, build)]
    )


def _builder(model: str, index: models.Index, app: str) -> Callable[[Any, Any], None]:
    def build(apps: Any, editor: Any) -> None:
        table = apps.get_model(app, model)
        if _aside(editor):  # which is said with IF EXISTS, too
            editor.execute(index.remove_sql(table, editor, **_aside(editor)))
        editor.execute(index.create_sql(table, editor, **_aside(editor)), params=None)

    return build


def _dropper(model: str, index: models.Index, app: str) -> Callable[[Any, Any], None]:
    def drop(apps: Any, editor: Any) -> None:
        editor.execute(index.remove_sql(apps.get_model(app, model), editor, **_aside(editor)))

    return drop


def _aside(editor: Any) -> dict[str, Any]:
    """SQLite has one writer at a time anyway."""
    return {"concurrently": True} if editor.connection.vendor == "postgresql" else {}


def _own_indexes(table: Any, name: str, editor: Any) -> list[str]:
    """Those of this column alone that the model does not name."""
    named = {index.name for index in table._meta.indexes}
    column = table._meta.get_field(name).column
    found: list[str] = editor._constraint_names(table, [column], index=True, unique=False, type_=models.Index.suffix, exclude=named)
    return found
