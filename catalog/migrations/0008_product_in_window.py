"""An index by which the categories of a vendor's window are found; built without keeping anybody from writing."""

from typing import Any

from django.db import migrations, models

INDEX = "product_in_window"


def build(_apps: Any, editor: Any) -> None:
    concurrently = ""
    if editor.connection.vendor == "postgresql":
        # One that an interrupted build left behind is not valid.
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        concurrently = "CONCURRENTLY"
    editor.execute(
        f"CREATE INDEX {concurrently} {INDEX} ON catalog_product (vendor_id, category_id) "
        "WHERE status = 'published' AND taken_down_at IS NULL"
    )


def drop(_apps: Any, editor: Any) -> None:
    concurrently = "CONCURRENTLY" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP INDEX {concurrently} IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0007_smaller_pictures")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name="product",
                    index=models.Index(
                        fields=["vendor", "category"], condition=models.Q(status="published", taken_down_at=None), name=INDEX
                    ),
                ),
            ],
            database_operations=[migrations.RunPython(build, drop)],
        ),
    ]
