import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0009_website_checks'),
        ('payouts', '0005_documents'),
        ('reconciliation', '0002_notes_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountReading',
            fields=[
                ('payout_account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reading', serialize=False, to='payouts.payoutaccount')),
                ('read_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('matched_count', models.PositiveIntegerField(default=0)),
                ('open_count', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='discrepancy',
            name='reconciliation_discrepancy_subject',
        ),
        migrations.AddField(
            model_name='discrepancy',
            name='payout_account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.payoutaccount'),
        ),
        migrations.AddConstraint(
            model_name='discrepancy',
            constraint=models.CheckConstraint(condition=models.Q(('transaction__isnull', False), ('entry_id__isnull', False), ('payout_account__isnull', False), _connector='OR'), name='reconciliation_discrepancy_subject'),
        ),
    ]
