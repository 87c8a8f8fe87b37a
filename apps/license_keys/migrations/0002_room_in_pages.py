from django.db import migrations

# A validation changes counters that no index holds: with room in its page the new row stays there.
FORWARD = """
ALTER TABLE license_keys_licensekey SET (fillfactor = 80);
ALTER TABLE license_keys_licensekeyactivation SET (fillfactor = 90);
"""
BACKWARD = """
ALTER TABLE license_keys_licensekey RESET (fillfactor);
ALTER TABLE license_keys_licensekeyactivation RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("license_keys", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
