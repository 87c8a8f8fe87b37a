"""Checkouts are found by the address that the buyer gave."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """Built beside the running system."""

    atomic = False

    dependencies = [("checkouts", "0007_by_link")]

    operations = [
        AddIndexConcurrently(
            model_name="checkout",
            index=models.Index(
                Upper("customer_email"),
                condition=models.Q(("customer_email__isnull", False)),
                name="checkouts_of_address",
            ),
        ),
    ]
