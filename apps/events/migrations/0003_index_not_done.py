from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_append_only'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='events_delivery_open',
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['next_attempt_at'], name='events_delivery_not_done'),
        ),
    ]
