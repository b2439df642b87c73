from django.db import migrations

from aqad.audit.guard import installer


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(*installer("audit_event"))]
