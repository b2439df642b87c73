"""What people search for, counted per day; and an index by which what was dispatched lately is found at once."""

from typing import Any

from django.db import migrations, models

INDEX = "movement_dispatched"


def build(_apps: Any, editor: Any) -> None:
    concurrently = ""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        concurrently = "CONCURRENTLY"
    editor.execute(f"CREATE INDEX {concurrently} {INDEX} ON catalog_stockmovement (id DESC) WHERE kind = 'dispatched'")


def drop(_apps: Any, editor: Any) -> None:
    concurrently = "CONCURRENTLY" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP INDEX {concurrently} IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0005_search_words")]

    operations = [
        migrations.CreateModel(
            name="SearchedTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("term", models.CharField(max_length=40)),
                ("people", models.PositiveIntegerField(default=0)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["day", "term"], name="searched_term_once_a_day")]},
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name="stockmovement",
                    index=models.Index(fields=["-id"], condition=models.Q(kind="dispatched"), name=INDEX),
                ),
            ],
            database_operations=[migrations.RunPython(build, drop)],
        ),
    ]
