"""A category by price is counted and cut from an index alone, and the two indexes of slugs are gone, by which nothing is found."""

from django.db import migrations, models

from aqad.core.indexes import with_index, without_index, without_own_index

FIELDS = ["category", "-id", "vendor", "status", "taken_down_at"]
SLUG = models.SlugField(db_index=False, max_length=220, verbose_name="slug")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0010_lean_indexes")]

    operations = [
        with_index("product", models.Index(fields=[*FIELDS, "price"], name="product_in_category"), app="catalog"),
        without_index("product", models.Index(fields=FIELDS, name="product_category_newest"), app="catalog"),
        without_own_index("product", "slug", SLUG, app="catalog"),
    ]
