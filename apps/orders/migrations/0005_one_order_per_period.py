from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_CREATE = (
    'CREATE UNIQUE INDEX CONCURRENTLY "orders_order_one_per_period" '
    'ON "orders_order" ("subscription_id", "period_start_at")'
)
_ATTACH = (
    'ALTER TABLE "orders_order" ADD CONSTRAINT "orders_order_one_per_period" '
    'UNIQUE USING INDEX "orders_order_one_per_period"'
)
_DROP = 'ALTER TABLE "orders_order" DROP CONSTRAINT "orders_order_one_per_period"'


class Migration(migrations.Migration):
    # Indexes are built beside the running system.
    atomic = False

    dependencies = [("orders", "0004_billing_period")]

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
                        fields=["subscription_id", "period_start_at"],
                        name="orders_order_one_per_period",
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["next_payment_attempt_at"],
                condition=models.Q(status="pending", next_payment_attempt_at__isnull=False),
                name="orders_payment_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["discount"],
                condition=models.Q(discount__isnull=False),
                name="orders_of_discount",
            ),
        ),
    ]
