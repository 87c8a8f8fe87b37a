"""Finds the organizations that wait for staff or for a date; built beside the running system."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('organizations', '0005_reviews'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='organization',
            index=models.Index(condition=models.Q(('status', 'active'), _negated=True), fields=['status', 'status_changed_at'], name='organizations_waiting'),
        ),
    ]
