from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("license_keys", "0003_imports")]

    operations = [
        AddIndexConcurrently(
            model_name="licensekey",
            index=models.Index(
                condition=models.Q(("imported_by__isnull", False)),
                fields=["imported_by"],
                name="license_keys_imported",
            ),
        ),
    ]
