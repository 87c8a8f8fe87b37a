"""Text is found by what it holds: three letters at a time are indexed."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Needs no superuser: PostgreSQL trusts the extension."""

    dependencies = [("core", "0002_queued_runs")]

    operations = [TrigramExtension()]
