"""Customers of before get the owner that they would have been made with."""

from django.db import migrations

FORWARD = """
INSERT INTO customers_member
    (id, created_at, modified_at, role, email, name, deleted_at, customer_id, organization_id)
SELECT gen_random_uuid(), created_at, NULL, 'owner', email, name, deleted_at, id, organization_id
FROM customers_customer
WHERE email IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_member")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
