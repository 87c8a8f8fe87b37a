from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_currency_of_both_accounts")]
    operations = [
        migrations.CreateModel(
            name="Horizon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("transfer_id", models.BigIntegerField()),
                ("xid", models.BigIntegerField()),
                ("seen_at", models.DateTimeField()),
            ],
        ),
    ]
