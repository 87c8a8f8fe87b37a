from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The index is built beside the running system.
    atomic = False

    dependencies = [("subscriptions", "0002_claimed")]

    operations = [
        AddIndexConcurrently(
            model_name="subscription",
            index=models.Index(
                fields=["organization", "-started_at", "-id"], name="subscriptions_started"
            ),
        ),
    ]
