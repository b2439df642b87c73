"""One index less to fill for each key."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from aqad.core.indexes import without_own_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        without_own_index(
            "idempotencykey",
            "user",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
            app="core",
        ),
    ]
