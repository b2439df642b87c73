"""Each release's migrations run while the release before still serves: none may take from it what it uses, or hold a table in use."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tests.deployment.migrations import dangers, dangers_of

pytestmark = pytest.mark.embedded
OURS = {app.label for app in apps.get_app_configs() if app.path.startswith(str(settings.BASE_DIR)) and ".venv" not in app.path}
# Each with the reason why no code is running that it could break.
ACCEPTED = {"catalog.0004_imports": "written before the first release, when no table held a row"}


def a_migration(*operations: Operation, atomic: bool = True) -> Any:
    kind = type("Migration", (migrations.Migration,), {"operations": list(operations), "atomic": atomic})
    return kind("0002_next", "catalog")


@pytest.fixture(scope="module")
def before() -> ProjectState:
    return MigrationLoader(None).project_state(("catalog", "0001_initial"))


def test_every_app_of_ours_is_looked_at() -> None:
    assert {"core", "audit", "accounts", "retailers", "vendors", "catalog", "payments", "orders", "deliveries", "notifications"} <= OURS


def test_no_migration_breaks_the_release_that_still_serves() -> None:
    assert {name: said for name, said in dangers(OURS).items() if name not in ACCEPTED} == {}


def test_the_exceptions_are_still_needed() -> None:
    assert set(ACCEPTED) <= set(dangers(OURS))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("product", "barcode"),
        migrations.RenameField("product", "barcode", "gtin"),
        migrations.DeleteModel("Brand"),
        migrations.RenameModel("Brand", "Maker"),
        migrations.AlterModelTable("brand", "makers"),
        migrations.AddField("product", "shelf_life", models.IntegerField()),
        migrations.AddField("product", "shelf_life", models.IntegerField(default=0)),
        migrations.AlterField("category", "parent", models.ForeignKey("catalog.Category", models.PROTECT)),
        migrations.AlterField("product", "barcode", models.IntegerField()),
        migrations.AlterField("product", "pack_size", models.CharField(max_length=60, unique=True)),
        migrations.AlterField("product", "pack_size", models.CharField(max_length=60, db_index=True)),
        migrations.AddIndex("product", models.Index(fields=["pack_size"], name="by_pack")),
        migrations.AddConstraint("product", models.UniqueConstraint(fields=["pack_size"], name="one_pack")),
        AddIndexConcurrently("product", models.Index(fields=["pack_size"], name="by_pack")),
    ],
    ids=lambda operation: operation.describe(),
)
def test_a_danger_is_noticed(before: ProjectState, operation: Operation) -> None:
    assert len(list(dangers_of(a_migration(operation), before))) == 1


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("product", "shelf_life", models.IntegerField(null=True)),
        migrations.AddField("product", "shelf_life", models.IntegerField(db_default=0)),
        migrations.AlterField("product", "pack_size", models.CharField(max_length=90)),
        AddIndexConcurrently("product", models.Index(fields=["pack_size"], name="by_pack")),
        migrations.RunSQL("SELECT 1"),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_the_running_code_does_not_mind_is_let_through(before: ProjectState, operation: Operation) -> None:
    assert list(dangers_of(a_migration(operation, atomic=False), before)) == []


def test_a_table_that_the_migration_makes_itself_is_in_nobodys_use(before: ProjectState) -> None:
    made = migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])
    index = migrations.AddIndex("shelf", models.Index(fields=["id"], name="shelf_by_id"))
    assert list(dangers_of(a_migration(made, index), before)) == []
