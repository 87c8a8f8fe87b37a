"""Customers are found by any part of their address or names."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """Built beside the running system."""

    atomic = False

    dependencies = [("core", "0003_trigrams"), ("customers", "0006_state_change")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=GinIndex(
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("billing_name"), name="gin_trgm_ops"),
                name="customers_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("external_id__isnull", False)),
                fields=["external_id"],
                name="customers_external",
            ),
        ),
    ]
