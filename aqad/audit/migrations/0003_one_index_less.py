"""One index less to fill for each row of the outbox."""

import django.db.models.deletion
from django.db import migrations, models

from aqad.core.indexes import without_own_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0002_append_only")]

    operations = [
        without_own_index(
            "outbox",
            "event",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="audit.event"),
            app="audit",
        ),
    ]
