"""Indexes for a company's lists by state and for its summaries; built without keeping anybody from ordering."""

from typing import Any

from django.db import migrations, models

RELEASED = models.Q(released_at__isnull=False)
INDEXES = [
    models.Index(fields=["retailer", "status", "-id"], name="order_retailer_status"),
    models.Index(fields=["vendor", "status", "-id"], name="order_vendor_status", condition=RELEASED),
    models.Index(fields=["retailer", "created_at", "status", "total", "id"], name="order_retailer_day"),
    models.Index(fields=["vendor", "created_at", "status", "total", "id"], name="order_vendor_day", condition=RELEASED),
]


def build(apps: Any, editor: Any) -> None:
    order = apps.get_model("orders", "Order")
    for index in INDEXES:
        if editor.connection.vendor == "postgresql":
            # One that an interrupted build left behind is not valid.
            editor.execute(index.remove_sql(order, editor, concurrently=True))
            editor.execute(index.create_sql(order, editor, concurrently=True))
        else:
            editor.add_index(order, index)


def drop(apps: Any, editor: Any) -> None:
    order = apps.get_model("orders", "Order")
    for index in INDEXES:
        concurrently = {"concurrently": True} if editor.connection.vendor == "postgresql" else {}
        editor.execute(index.remove_sql(order, editor, **concurrently))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddIndex(model_name="order", index=index) for index in INDEXES],
            database_operations=[migrations.RunPython(build, drop)],
        ),
    ]
