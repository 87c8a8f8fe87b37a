import apps.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('benefits', '0003_draft_visibility'),
        ('organizations', '0007_impersonations'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountLink',
            fields=[
                ('id', models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('modified_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('provider', models.CharField(choices=[('discord', 'Discord'), ('github', 'Github')], max_length=16)),
                ('ticket_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('state_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('verifier', models.TextField(blank=True)),
                ('return_url', models.URLField(blank=True, max_length=2000)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='account_links', to='benefits.benefitgrant')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state_hash', ''), _negated=True), fields=['state_hash'], name='benefits_link_state')],
            },
        ),
    ]
