"""One index less to fill for each order and for each of its lines."""

import django.db.models.deletion
from django.db import migrations, models

from aqad.core.indexes import without_own_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0002_summaries"), ("retailers", "0001_initial")]

    operations = [
        without_own_index(
            "order",
            "retailer",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="retailers.retailer", verbose_name="retailer"),
            app="orders",
        ),
        without_own_index(
            "orderline",
            "order",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="orders.order"),
            app="orders",
        ),
    ]
