"""A transfer's currency is that of both its accounts: foreign keys on (account, currency)."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_currency UNIQUE (id, currency);
ALTER TABLE ledger_transfer
    ADD CONSTRAINT ledger_transfer_debit_currency FOREIGN KEY (debit_account_id, currency)
        REFERENCES ledger_account (id, currency) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT ledger_transfer_credit_currency FOREIGN KEY (credit_account_id, currency)
        REFERENCES ledger_account (id, currency) DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE ledger_transfer
    DROP CONSTRAINT ledger_transfer_debit_currency,
    DROP CONSTRAINT ledger_transfer_credit_currency;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_currency;
"""


def _account(side: str, *, constraint: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=constraint,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=f"{side}s",
        to="ledger.account",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.AlterField("transfer", "debit_account", _account("debit", constraint=False)),
        migrations.AlterField("transfer", "credit_account", _account("credit", constraint=False)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
