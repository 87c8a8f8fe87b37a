from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The index is built beside the running system.
    atomic = False

    dependencies = [("subscriptions", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="subscription",
            index=models.Index(
                fields=["claimed_until"],
                condition=models.Q(claimed_until__isnull=False),
                name="subscriptions_claimed",
            ),
        ),
    ]
