from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_horizon")]
    operations = [
        migrations.AddField(
            "feeplan", "three_d_secure_amount", models.PositiveIntegerField(default=0)
        ),
    ]
