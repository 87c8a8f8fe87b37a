from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes are built beside the running system.
    atomic = False

    dependencies = [("orders", "0005_one_order_per_period")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["organization"],
                condition=~models.Q(subscription_id__isnull=False, invoice_number=None),
                name="orders_shown",
            ),
        ),
    ]
