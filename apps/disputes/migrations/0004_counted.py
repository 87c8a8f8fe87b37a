from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0003_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="counted_amount",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="dispute",
            name="counted_tax_amount",
            field=models.BigIntegerField(default=0),
        ),
    ]
