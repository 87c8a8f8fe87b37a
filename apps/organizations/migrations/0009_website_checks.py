"""What was found at the websites of merchants."""

import apps.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0008_invitations'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebsiteCheck',
            fields=[
                ('id', models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('modified_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('url', models.CharField(max_length=500)),
                ('final_url', models.CharField(blank=True, max_length=2000)),
                ('http_code', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('links', models.JSONField(blank=True, default=dict)),
                ('duration_ms', models.PositiveIntegerField(default=0)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='website_checks', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-created_at'], name='organizations_site_latest')],
            },
        ),
    ]
