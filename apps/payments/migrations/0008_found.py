"""Cards are found by their last four digits, methods by the id of the processor."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTransform


class Migration(migrations.Migration):
    """Built beside the running system."""

    atomic = False

    dependencies = [("payments", "0007_contested")]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                KeyTransform("last4", "method_metadata"), name="payments_payment_last4"
            ),
        ),
        AddIndexConcurrently(
            model_name="paymentmethod",
            index=models.Index(
                KeyTransform("last4", "method_metadata"), name="payments_method_last4"
            ),
        ),
        AddIndexConcurrently(
            model_name="paymentmethod",
            index=models.Index(fields=["processor_id"], name="payments_method_processor"),
        ),
    ]
