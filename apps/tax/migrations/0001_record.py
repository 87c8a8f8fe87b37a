import apps.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organizations', '0007_impersonations'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxRecord',
            fields=[
                ('id', models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('sale', 'Sale'), ('refund', 'Refund'), ('refund_came_back', 'Refund Came Back'), ('dispute_lost', 'Dispute Lost'), ('dispute_came_back', 'Dispute Came Back'), ('correction', 'Correction')], max_length=24)),
                ('entry_id', models.UUIDField(unique=True)),
                ('corrects_entry_id', models.UUIDField(blank=True, null=True)),
                ('order_id', models.UUIDField(blank=True, db_index=True, null=True)),
                ('payment_id', models.UUIDField(blank=True, null=True)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('presentment_currency', models.CharField(blank=True, max_length=3, null=True)),
                ('presentment_amount', models.BigIntegerField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tax_records', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-recorded_at'], name='tax_record_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='tax_record_of_something'), models.CheckConstraint(condition=models.Q(models.Q(('presentment_amount', None), ('presentment_currency', None)), models.Q(('presentment_amount__isnull', False), ('presentment_currency__isnull', False)), _connector='OR'), name='tax_record_presentment')],
            },
        ),
    ]
