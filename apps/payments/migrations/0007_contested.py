from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="contested_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
