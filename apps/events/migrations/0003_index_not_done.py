from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes are built beside the running system.
    atomic = False

    dependencies = [
        ('events', '0002_append_only'),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name='delivery',
            name='events_delivery_open',
        ),
        AddIndexConcurrently(
            model_name='delivery',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['next_attempt_at'], name='events_delivery_not_done'),
        ),
    ]
