"""Lists are counted from indexes where these say enough, and there are three fewer to fill for each product that is imported."""

import django.db.models.deletion
from django.db import migrations, models

from aqad.core.indexes import with_index, without_index, without_own_index

BUILT = [
    models.Index(
        fields=["price", "id", "vendor"], condition=models.Q(status="published", taken_down_at=None), name="product_price_in_window"
    ),
    models.Index(fields=["category", "-id", "vendor", "status", "taken_down_at"], name="product_category_newest"),
    models.Index(fields=["brand", "-id", "vendor", "status", "taken_down_at"], name="product_brand_newest"),
]
DROPPED = [
    models.Index(fields=["price", "id"], name="product_price"),
    models.Index(fields=["category", "-id"], name="product_category"),
    models.Index(fields=["brand", "-id"], name="product_brand"),
]
KEYS = {"vendor": "vendors.vendor", "category": "catalog.category", "brand": "catalog.brand"}


def key(name: str, to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="products", to=to, verbose_name=name
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0009_one_index_less")]

    operations = [
        *(with_index("product", index, app="catalog") for index in BUILT),
        *(without_index("product", index, app="catalog") for index in DROPPED),
        *(without_own_index("product", name, key(name, to), app="catalog") for name, to in KEYS.items()),
    ]
