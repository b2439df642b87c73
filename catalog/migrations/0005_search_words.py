"""Search on PostgreSQL looks into a stored vector instead of making it of every row; typos are mended by a table of all words."""

from typing import Any

from django.db import migrations, models

INDEX = "product_search"
COLUMN = "search_vector"


def build(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        editor.execute(
            f"ALTER TABLE catalog_product ADD COLUMN IF NOT EXISTS {COLUMN} tsvector "
            "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(search_text, ' '))) STORED"
        )
        editor.execute(f"CREATE INDEX CONCURRENTLY {INDEX} ON catalog_product USING gin ({COLUMN})")


def drop(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        editor.execute(f"ALTER TABLE catalog_product DROP COLUMN IF EXISTS {COLUMN}")
        editor.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON catalog_product USING gin (array_to_tsvector(string_to_array(search_text, ' ')))"
        )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0004_imports")]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[("word", models.CharField(max_length=100, primary_key=True, serialize=False))],
        ),
        migrations.RunPython(build, drop),
    ]
