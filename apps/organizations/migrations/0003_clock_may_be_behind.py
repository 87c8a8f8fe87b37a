"""A sandbox organization may begin in the past and be led to the present by its test clock."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_business_details'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='organization',
            name='organizations_organization_clock_forward',
        ),
    ]
