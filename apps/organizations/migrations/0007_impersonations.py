"""Staff who look at a merchant as one of its people does, and what they read with."""


import apps.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0006_waiting'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Impersonation',
            fields=[
                ('id', models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('modified_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('finance', 'Finance'), ('member', 'Member')], max_length=16)),
                ('reason', models.TextField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, max_length=320)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='impersonated', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='impersonations', to='organizations.organization')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='impersonations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='impersonation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='organizations.impersonation'),
        ),
        migrations.AddConstraint(
            model_name='impersonation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('staff',), name='organizations_impersonation_one'),
        ),
        migrations.AddConstraint(
            model_name='impersonation',
            constraint=models.CheckConstraint(condition=models.Q(('staff', models.F('member')), _negated=True), name='organizations_impersonation_other'),
        ),
    ]
