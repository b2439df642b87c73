"""The index of search, on PostgreSQL only; built without keeping anybody from writing."""

from typing import Any

from django.db import migrations

INDEX = "product_search"


def build(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        # One that an interrupted build left behind is not valid; IF NOT EXISTS would keep it.
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        editor.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON catalog_product USING gin (array_to_tsvector(string_to_array(search_text, ' ')))"
        )


def drop(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0002_append_only")]

    operations = [migrations.RunPython(build, drop)]
