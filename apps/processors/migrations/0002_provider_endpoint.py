import apps.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('processors', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderEndpoint',
            fields=[
                ('id', models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('url', models.URLField(max_length=500)),
                ('external_id', models.CharField(blank=True, max_length=120)),
                ('secret', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('url',), name='processors_endpoint_one_per_url')],
            },
        ),
    ]
