"""One index less to fill for each payment."""

import django.db.models.deletion
from django.db import migrations, models

from aqad.core.indexes import without_own_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0001_initial"), ("accounts", "0003_devices_and_emails")]

    operations = [
        without_own_index(
            "payment",
            "payer",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="accounts.company"),
            app="payments",
        ),
    ]
