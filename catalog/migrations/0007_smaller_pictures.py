"""A picture's smaller ones for lists. The defaults stand in the database, so no row is written and code from before goes on working."""

from django.db import migrations, models

import catalog.models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_popular")]

    operations = [
        migrations.AddField(
            model_name="productimage",
            name=name,
            field=models.FileField(blank=True, db_default="", default="", storage=catalog.models.public_files, upload_to="products/"),
        )
        for name in ("medium", "thumbnail")
    ]
