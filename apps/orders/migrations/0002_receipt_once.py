from django.db import migrations, models

_NAME = "orders_order_receipt_once"
_CREATE = (
    f'CREATE UNIQUE INDEX CONCURRENTLY "{_NAME}" ON "orders_order" ("customer_id", "receipt_number")'
)
_ATTACH = f'ALTER TABLE "orders_order" ADD CONSTRAINT "{_NAME}" UNIQUE USING INDEX "{_NAME}"'
_DROP = f'ALTER TABLE "orders_order" DROP CONSTRAINT "{_NAME}"'


class Migration(migrations.Migration):
    # The index is built beside the running system.
    atomic = False

    dependencies = [
        ("catalog", "0001_initial"),
        ("customers", "0002_short_id_sequence"),
        ("orders", "0001_initial"),
        ("organizations", "0002_business_details"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_CREATE, migrations.RunSQL.noop),
                migrations.RunSQL(_ATTACH, _DROP),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="order",
                    constraint=models.UniqueConstraint(
                        fields=["customer", "receipt_number"], name=_NAME
                    ),
                ),
            ],
        ),
    ]
