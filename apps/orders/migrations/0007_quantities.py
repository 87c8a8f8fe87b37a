from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_orders_shown")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="seats",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="units",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
