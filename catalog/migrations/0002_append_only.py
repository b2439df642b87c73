from django.db import migrations

from aqad.audit.guard import installer


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(*installer("catalog_stockmovement"))]
