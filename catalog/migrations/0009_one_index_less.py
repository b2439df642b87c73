"""One index less to fill for each movement of stock."""

import django.db.models.deletion
from django.db import migrations, models

from aqad.core.indexes import without_own_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0008_product_in_window")]

    operations = [
        without_own_index(
            "stockmovement",
            "product",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="catalog.product"),
            app="catalog",
        ),
    ]
