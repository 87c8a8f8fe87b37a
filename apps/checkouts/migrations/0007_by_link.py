"""Checkouts are found by the link that made them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built while people buy."""

    atomic = False

    dependencies = [("checkouts", "0006_links")]

    operations = [
        AddIndexConcurrently(
            model_name="checkout",
            index=models.Index(
                condition=models.Q(("link__isnull", False)),
                fields=["link", "-created_at"],
                name="checkouts_by_link",
            ),
        ),
    ]
