"""What in a migration would break the code that still runs, or keep people waiting on a table that is in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def dangers(ours: set[str], loader: MigrationLoader | None = None) -> dict[str, list[str]]:
    """By migration of these apps, each danger in a sentence. A table that the migration itself makes is in nobody's use."""
    loader = loader or MigrationLoader(None)
    state, found = ProjectState(), {}
    for key in _in_order(loader):
        migration = loader.disk_migrations[key]
        before = state.clone()
        state = migration.mutate_state(state, preserve=False)
        if key[0] in ours and (said := list(dangers_of(migration, before))):
            found[f"{key[0]}.{key[1]}"] = said
    return found


def dangers_of(migration: Migration, before: ProjectState) -> Iterator[str]:
    new: set[str] = set()
    for operation in _flat(migration.operations):
        if isinstance(operation, migrations.CreateModel):
            new.add(operation.name_lower)
            continue
        table = getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", "")
        if table not in new:
            yield from _danger(operation, migration, before)


def _danger(operation: Operation, migration: Migration, before: ProjectState) -> Iterator[str]:
    name = operation.describe()
    match operation:
        case migrations.DeleteModel() | migrations.RenameModel() | migrations.AlterModelTable():
            yield f"{name}: the code that still runs reads that table."
        case migrations.RemoveField() | migrations.RenameField():
            yield f"{name}: the code that still runs reads and writes that column."
        case migrations.AddField(field=field) if _is_required(field):
            yield f"{name}: the code that still runs writes rows without it; make it null or give it a db_default."
        case migrations.AlterField(field=field):
            old = before.models[migration.app_label, operation.model_name_lower].fields[operation.name_lower]
            if old.null and not field.null:
                yield f"{name}: rows without a value are refused, and checking them holds the table."
            if (field.unique and not old.unique) or (field.db_index and not old.db_index):
                yield f"{name}: its index is built while nobody can write."
            if type(field) is not type(old):
                yield f"{name}: the whole table is written anew while nobody can read it."
        case AddIndexConcurrently():
            if migration.atomic:
                yield f"{name}: an index is built concurrently only with atomic = False."
        case migrations.AddIndex():
            yield f"{name}: nobody can write while it is built; use AddIndexConcurrently with atomic = False."
        case migrations.AddConstraint(constraint=models.UniqueConstraint()):
            yield f"{name}: its index is built while nobody can write; build it concurrently first."


def _is_required(field: Any) -> bool:
    """Whether a row that does not name the column is refused: a Python default is not the database's."""
    return not field.many_to_many and not field.null and not field.has_db_default()


def _flat(operations: list[Operation]) -> Iterator[Operation]:
    """What is done to the database: the state's half of a split operation is done by the other half."""
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _in_order(loader: MigrationLoader) -> list[tuple[str, str]]:
    plan: list[tuple[str, str]] = []
    for leaf in sorted(loader.graph.leaf_nodes()):
        plan += [key for key in loader.graph.forwards_plan(leaf) if key not in plan]
    return plan
