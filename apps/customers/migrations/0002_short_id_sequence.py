from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE customers_short_id AS bigint CYCLE",
            reverse_sql="DROP SEQUENCE customers_short_id",
        )
    ]
