import apps.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disputes', '0004_counted'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisputeReply',
            fields=[
                ('id', models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('files', models.JSONField(blank=True, default=list)),
                ('said_by', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(editable=False)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='disputes.dispute')),
            ],
            options={
                'indexes': [models.Index(fields=['dispute', '-created_at'], name='disputes_reply_latest')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER disputes_reply_append_only BEFORE UPDATE OR DELETE"
            " ON disputes_disputereply FOR EACH ROW EXECUTE FUNCTION disputes_refuse_change();",
            "DROP TRIGGER disputes_reply_append_only ON disputes_disputereply;",
        ),
    ]
