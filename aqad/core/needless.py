"""For migrations: taking away the index that Django gives a foreign key, where another one begins with the same column."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def without_own_index(model: str, name: str, key: models.ForeignKey[Any, Any], *, app: str) -> migrations.SeparateDatabaseAndState:
    """`key` as it is now, with `db_index=False`. The migration must not be atomic: on PostgreSQL nobody is kept from writing meanwhile.

    Going back builds the index again, and keeps everybody from writing as long as that takes.
    """

    def drop(apps: Any, editor: Any) -> None:
        for index in _own_indexes(apps.get_model(app, model), name, editor):
            concurrently = "CONCURRENTLY" if editor.connection.vendor == "postgresql" else ""
            editor.execute(f"DROP INDEX {concurrently} IF EXISTS {editor.quote_name(index)}")

    def make(apps: Any, editor: Any) -> None:
        table = apps.get_model(app, model)
        if not _own_indexes(table, name, editor):
            editor.execute(editor._create_index_sql(table, fields=[table._meta.get_field(name)]))

    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AlterField(model, name, key)], database_operations=[migrations.RunPython(drop, make)]
    )


def _own_indexes(table: Any, name: str, editor: Any) -> list[str]:
    """Those of this column alone that the model does not name."""
    named = {index.name for index in table._meta.indexes}
    column = table._meta.get_field(name).column
    found: list[str] = editor._constraint_names(table, [column], index=True, unique=False, type_=models.Index.suffix, exclude=named)
    return found
