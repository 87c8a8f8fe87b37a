import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discounts", "0001_initial"),
        ("orders", "0003_invoice_generated_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="period_start_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="period_end_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="discount",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="discounts.discount",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="billing_reason",
            field=models.CharField(
                choices=[
                    ("purchase", "Purchase"),
                    ("subscription_create", "Subscription Create"),
                    ("subscription_cycle", "Subscription Cycle"),
                    ("subscription_cycle_after_trial", "Subscription Cycle After Trial"),
                    ("subscription_cancel", "Subscription Cancel"),
                    ("subscription_update", "Subscription Update"),
                ],
                max_length=40,
            ),
        ),
    ]
