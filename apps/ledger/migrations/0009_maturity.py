from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running system: nothing of the ledger waits.
    atomic = False

    dependencies = [
        ("ledger", "0008_payouts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="transfer",
            index=models.Index(
                fields=["debit_account", "available_at"],
                include=["amount"],
                condition=models.Q(available_at__isnull=False),
                name="ledger_transfer_debit_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="transfer",
            index=models.Index(
                fields=["credit_account", "available_at"],
                include=["amount"],
                condition=models.Q(available_at__isnull=False),
                name="ledger_transfer_credit_due",
            ),
        ),
    ]
